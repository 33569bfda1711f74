import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The site: static files that a bucket serves; what differs between instances is in `/config.json`. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "../dist/client",
    emptyOutDir: true,
    // No data: addresses, so that the site's Content-Security-Policy can stay narrow.
    assetsInlineLimit: 0,
    // The sign-in, Amplify's, is a little over the default of 500 and comes only when nobody is signed in.
    chunkSizeWarningLimit: 600,
    modulePreload: { polyfill: false },
  },
});
