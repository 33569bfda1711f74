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

/** The main navigation, the connection status and the signed-in user. */
export function AppHeader({ email, onSignOut }: Props) {
  return (
    <header className="app-header">
      <a className="skip-link" href="#content">
        Skip to content
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
          <Button variant="quiet" icon="leave" onClick={onSignOut}>
            <span className="app-leave">Sign out</span>
          </Button>
        </div>
      </div>
    </header>
  );
}

/** Whether the screen is up to date and receives live updates. Shows nothing until the first connection. */
function Connection() {
  const state = useRealtimeState();
  return (
    <span className={`connection connection-${state}`} role="status">
      {state === "live" && <span title="Receiving live updates">Live</span>}
      {state === "lost" && <span title="Connection lost; reconnecting">Reconnecting</span>}
      {state === "offline" && <span title="No network; what you see may be out of date">Offline</span>}
    </span>
  );
}
