import { lazy, Suspense, useEffect, useState } from "react";
import { signOut } from "aws-amplify/auth";
import { createBrowserRouter, RouterProvider } from "react-router";
import { AppHeader } from "./layout/AppHeader.tsx";
import { DatasetsBackNotice } from "./jobs/dataset/RestoredDatasetsNotice.tsx";
import { loadConfig, type Config } from "./config.ts";
import { Pages } from "./Pages.tsx";
import { configureAuth } from "./session/auth.ts";
import { Session } from "./session/Session.tsx";
import { usePerson } from "./session/useUser.ts";
import { Failure } from "./ui/States.tsx";

const SignInPage = lazy(() => import("./session/SignInPage.tsx"));

/** Configuration, then the person, then their pages. */
export function App() {
  const [config, setConfig] = useState<Config | null>(null);
  const [fault, setFault] = useState<string | null>(null);
  const load = async () => {
    setFault(null);
    try {
      const loaded = await loadConfig();
      configureAuth(loaded);
      setConfig(loaded);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => void load(), []);
  if (fault) return <Alone text={fault} onRetry={() => void load()} />;
  return config ? <SignedApp config={config} /> : <Opening />;
}

function SignedApp({ config }: { readonly config: Config }) {
  const { sign, check, leave } = usePerson();
  if (sign.state === "checking") return <Opening />;
  if (sign.state === "failed") return <Alone text={sign.text} onRetry={() => void check()} />;
  if (sign.state === "out") {
    return (
      <Suspense fallback={<Opening />}>
        <SignInPage />
      </Suspense>
    );
  }
  return (
    <Session key={sign.person.sub} config={config} onEnd={leave}>
      <Routed email={sign.person.email} />
    </Session>
  );
}

/** The header and the pages. A router made this way can hold a person back from leaving unsaved changes. */
function Routed({ email }: { readonly email: string }) {
  const [router] = useState(() => createBrowserRouter([{ path: "*", element: <Frame email={email} /> }]));
  return <RouterProvider router={router} />;
}

function Frame({ email }: { readonly email: string }) {
  return (
    <>
      <AppHeader email={email} onSignOut={() => void signOut()} />
      <DatasetsBackNotice />
      <Pages />
    </>
  );
}

function Opening() {
  return (
    <div className="opening" role="status" aria-label="Opening Plot Palette">
      <span className="spinner" />
    </div>
  );
}

function Alone({ text, onRetry }: { readonly text: string; readonly onRetry: () => void }) {
  return (
    <main className="page">
      <Failure text={text} onRetry={onRetry} />
    </main>
  );
}
