// The page that a browser ends on after a log-in.

const STYLE = `
  html { color-scheme: light dark; font: 1rem/1.6 system-ui, sans-serif; }
  body { display: grid; min-height: 100vh; margin: 0; place-content: center; padding: 1.5rem; text-align: center; }
  main { max-width: 35rem; overflow-wrap: anywhere; }
  h1 { font-size: 1.75rem; line-height: 1.2; }
  pre { white-space: pre-wrap; }
`;

const ENTITIES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** A page that says how a log-in went. All texts are shown as they are. */
export function outcomePage(succeeded: boolean, message: string, details = ""): string {
  const heading = succeeded ? "Authentication successful" : "Authentication failed";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${heading}</h1>
<p>${escaped(message)}</p>
${details && `<pre>${escaped(details)}</pre>`}
</main>
</body>
</html>
`;
}
