/** Four plots, four colors. */
export function Logo() {
  return (
    <svg className="logo" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="3" y="3" width="12" height="12" rx="3.5" className="logo-1" />
      <rect x="17" y="3" width="12" height="12" rx="6" className="logo-2" />
      <rect x="3" y="17" width="12" height="12" rx="6" className="logo-3" />
      <path
        d="M17 20.5a3.5 3.5 0 0 1 3.5-3.5H29v8.5a3.5 3.5 0 0 1-3.5 3.5h-5a3.5 3.5 0 0 1-3.5-3.5z"
        className="logo-4"
      />
    </svg>
  );
}
