import { lazy, Suspense, useEffect, useRef } from "react";
import { Navigate, Route, Routes, useLocation } from "react-router";
import { explainError } from "./errors.ts";
import { JobPage } from "./jobs/page/JobPage.tsx";
import { JobsPage } from "./jobs/list/JobsPage.tsx";
import { NotFoundPage } from "./layout/NotFoundPage.tsx";
import { paths, patterns } from "./paths.ts";
import { ErrorBoundary } from "./ui/ErrorBoundary.tsx";
import { ErrorState, SkeletonCards } from "./ui/States.tsx";

// The pages most visits start with are in the first bundle; the others load on demand.
const NewJobPage = lazy(() => import("./jobs/new/NewJobPage.tsx"));
const TemplatesPage = lazy(() => import("./templates/list/TemplatesPage.tsx"));
const TemplateEditorPage = lazy(() => import("./editor/TemplateEditorPage.tsx"));
const TemplatePage = lazy(() => import("./templates/page/TemplatePage.tsx"));
const SeedsPage = lazy(() => import("./seeds/list/SeedsPage.tsx"));
const SeedSetPage = lazy(() => import("./seeds/page/SeedSetPage.tsx"));

/** Maps each address to its page. An error in one page leaves the header, and so the way out, working. */
export function Pages() {
  const { pathname, state } = useLocation();
  const main = useRef<HTMLElement>(null);
  const shown = useRef(pathname);
  useEffect(() => {
    if (shown.current === pathname) return;
    shown.current = pathname;
    // A page that only changed its own address, as the editor does on its first save, keeps focus and scroll position.
    if ((state as { keepFocus?: boolean } | null)?.keepFocus) return;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname, state]);
  return (
    <main className="page" id="content" tabIndex={-1} ref={main}>
      <ErrorBoundary
        resetKey={pathname}
        fallback={(error, retry) => <ErrorState heading="h1" text={explainError(error).text} onRetry={retry} />}
      >
        <Suspense fallback={<SkeletonCards count={3} label="Loading page" />}>
          <Routes>
            <Route path={paths.home} element={<Navigate to={paths.jobs()} replace />} />
            <Route path={patterns.jobs} element={<JobsPage />} />
            <Route path={patterns.newJob} element={<NewJobPage />} />
            <Route path={patterns.job} element={<JobPage />} />
            <Route path={patterns.templates} element={<TemplatesPage />} />
            <Route path={patterns.newTemplate} element={<TemplateEditorPage />} />
            <Route path={patterns.editTemplate} element={<TemplateEditorPage />} />
            <Route path={patterns.template} element={<TemplatePage />} />
            <Route path={patterns.seeds} element={<SeedsPage />} />
            <Route path={patterns.seedSet} element={<SeedSetPage />} />
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </Suspense>
      </ErrorBoundary>
    </main>
  );
}
