import { lazy, Suspense, useEffect, useState } from "react";
import { signOut } from "aws-amplify/auth";
import { createBrowserRouter, RouterProvider } from "react-router";
import { AppHeader } from "./layout/AppHeader.tsx";
import { RestoredDatasetsNotice } from "./jobs/dataset/RestoredDatasetsNotice.tsx";
import { loadConfig, type Config } from "./config.ts";
import { Pages } from "./Pages.tsx";
import { configureAuth } from "./session/auth.ts";
import { Session } from "./session/Session.tsx";
import { useUser } from "./session/useUser.ts";
import { ErrorState } from "./ui/States.tsx";

const SignInPage = lazy(() => import("./session/SignInPage.tsx"));

/** Loads the configuration, then the user, then their pages. */
export function App() {
  const [config, setConfig] = useState<Config | null>(null);
  const [error, setError] = useState<string | null>(null);
  const load = async () => {
    setError(null);
    try {
      const loaded = await loadConfig();
      configureAuth(loaded);
      setConfig(loaded);
    } catch (cause) {
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  };
  useEffect(() => void load(), []);
  if (error) return <ErrorScreen text={error} onRetry={() => void load()} />;
  return config ? <AuthenticatedApp config={config} /> : <LoadingScreen />;
}

function AuthenticatedApp({ config }: { readonly config: Config }) {
  const { auth, check, endSession } = useUser();
  if (auth.state === "checking") return <LoadingScreen />;
  if (auth.state === "failed") return <ErrorScreen text={auth.text} onRetry={() => void check()} />;
  if (auth.state === "signedOut") {
    return (
      <Suspense fallback={<LoadingScreen />}>
        <SignInPage config={config} hasSessionEnded={auth.hasEnded} />
      </Suspense>
    );
  }
  return (
    <Session key={auth.user.sub} config={config} user={auth.user} onSessionEnd={endSession}>
      <RoutedApp email={auth.user.email} />
    </Session>
  );
}

/** The header and the pages. Only a data router can block navigation away from unsaved changes. */
function RoutedApp({ email }: { readonly email: string }) {
  const [router] = useState(() => createBrowserRouter([{ path: "*", element: <Layout email={email} /> }]));
  return <RouterProvider router={router} />;
}

function Layout({ email }: { readonly email: string }) {
  return (
    <>
      <AppHeader email={email} onSignOut={() => void signOut()} />
      <RestoredDatasetsNotice />
      <Pages />
    </>
  );
}

function LoadingScreen() {
  return (
    <div className="loading-screen" role="status" aria-label="Loading Plot Palette">
      <span className="spinner" />
    </div>
  );
}

function ErrorScreen({ text, onRetry }: { readonly text: string; readonly onRetry: () => void }) {
  return (
    <main className="page">
      <ErrorState heading="h1" text={text} onRetry={onRetry} />
    </main>
  );
}
