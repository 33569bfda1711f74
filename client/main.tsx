import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import "./ui/tokens.css";
import "./ui/base.css";
import "./ui/controls.css";
import "./ui/surfaces.css";
import "./app.css";
import "./editor/editor.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element with the id “root”.");

createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
