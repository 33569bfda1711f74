import { Link, NavLink } from "react-router";
import { useRealtimeState } from "../link/Realtime.ts";
import { paths } from "../paths.ts";
import { Button } from "../ui/Button.tsx";
import { ThemeToggle } from "../ui/ThemeToggle.tsx";
import { Logo } from "./Logo.tsx";

interface Props {
  readonly email: string;
  readonly onSignOut: () => void;
}

/** Where one is, where one can go, and who one is. */
export function AppHeader({ email, onSignOut }: Props) {
  return (
    <header className="app-header">
      <a className="skip-link" href="#content">
        Skip to the content
      </a>
      <div className="app-header-inner">
        <Link to={paths.jobs()} className="brand">
          <Logo />
          Plot Palette
        </Link>
        <nav className="app-nav" aria-label="Main">
          <NavLink to={paths.jobs()}>Jobs</NavLink>
          <NavLink to={paths.templates}>Templates</NavLink>
          <NavLink to={paths.seeds}>Seeds</NavLink>
        </nav>
        <div className="app-me">
          <Connection />
          <span className="app-email cut small soft" title={email}>
            {email}
          </span>
          <ThemeToggle />
          <Button look="quiet" icon="leave" onClick={onSignOut}>
            <span className="app-leave">Sign out</span>
          </Button>
        </div>
      </div>
    </header>
  );
}

/** Whether what is on the screen is kept up to date. Silent while the first connection is made. */
function Connection() {
  const state = useRealtimeState();
  return (
    <span className={`connection connection-${state}`} role="status">
      {state === "live" && <span title="News arrives as it happens">Live</span>}
      {state === "lost" && <span title="The connection is lost and is being made again">Reconnecting</span>}
    </span>
  );
}
