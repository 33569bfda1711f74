/** What Eta, the bodies of functions and `include` are made of. */
import type { Hostile } from "./hostile.ts";

const MORE_BRACES = { error: "closes more braces than it opens" };
const SYNTAX = { error: /expecting|unexpected|unclosed|invalid|missing|closes more/ };

export const MACHINERY: readonly Hostile[] = [
  {
    tries: "to close its function and keep a variable beside it",
    prompt: "<% }}); let n = 0; (function () {{ %><%= n++ %>",
    ends: SYNTAX,
  },
  { tries: "to close its function and open another", prompt: "<% }}, function () {{ %>x", ends: MORE_BRACES },
  { tries: "to close its function and call it", prompt: "<% }}(1), function () {{ %>x", ends: MORE_BRACES },
  {
    tries: "to be a function that remembers",
    prompt: "<% }}, ((n) => () => n++)(0), function () {{ %>x",
    ends: MORE_BRACES,
  },
  {
    tries: "to be a class",
    prompt: "<% }}, class { static { globalThis.leak = 1 } static f() {{ %>x<% }} %>",
    ends: SYNTAX,
  },
  {
    tries: "to end the try of the machinery",
    prompt: "<% } catch (e) {} } globalThis.leak = 1; function g() { try { %>",
    ends: SYNTAX,
  },
  {
    tries: "to break out of a condition",
    prompt: "x",
    when: "1); } ); globalThis.leak = 1; (function () { return (1",
    ends: MORE_BRACES,
  },
  { tries: "to break out of a column", prompt: "x", column: "1\n);}, function(){ return (2", ends: MORE_BRACES },
  { tries: "to break out of a condition by a comment", prompt: "x", when: "true /*", ends: { error: /./ } },
  { tries: "to hide the end of a tag in a comment", prompt: "<% /* %> */ %>x", ends: { text: "x" } },
  { tries: "to hide the end of a tag in an HTML comment", prompt: "<% <!-- %>x", ends: { text: "x" } },
  { tries: "to comment the rest away", prompt: "<%= 1 // %>x", ends: { text: "1x" } },
  { tries: "an open comment", prompt: "<% /* %>x", ends: { error: "unclosed comment (line 1, column 4)" } },
  { tries: "an open tag", prompt: "x <% if (1) {", ends: { error: "unclosed tag" } },
  { tries: "a label that jumps out of its part", prompt: "<% out: { %>a<% break out; %>b<% } %>", ends: { text: "a" } },
  { tries: "to return early", prompt: "a<% return 'b' %>c", ends: { text: "b" } },
  {
    tries: "to return what is no text",
    prompt: "a<% return { toString: 1 } %>c",
    ends: { error: "a prompt must be text; it returned a value of type object" },
  },
  { tries: "a source URL", prompt: "<% x.y //# sourceURL=/etc/passwd\n %>", ends: { error: "(line 1, column" } },
  {
    tries: "a text that ends the text of the program",
    prompt: "'); leak(); ('\\'); leak(); ('<%= 1 %>\u2028'\r\n",
    ends: { text: "'); leak(); ('\\'); leak(); ('1\u2028'\n" },
  },
  { tries: "NUL in its source", prompt: "a\u0000b<%= 1 %>", ends: { text: "a\u0000b1" } },
  { tries: "half a character in its source", prompt: "a\ud800b<%= 1 %>", ends: { text: "a\ufffdb1" } },
  {
    tries: "another printer",
    prompt: "<% __eta.print = () => {}; __eta.text = () => 'x'.repeat(1e5); %>",
    ends: { error: "exceeded its maxPromptBytes" },
  },
  { tries: "no printer", prompt: "<% __eta = null %>x", ends: { error: "cannot read property 'print' of null" } },
  {
    tries: "Eta's own instance",
    prompt: "<%= this.config + typeof this.render + typeof options %>",
    ends: { text: "undefinedundefinedundefined" },
  },
  { tries: "a file", prompt: "<%~ include('/etc/passwd') %>", ends: { error: 'there is no partial "/etc/passwd"' } },
  {
    tries: "a file by its way up",
    prompt: "<%~ include('../../secrets') %>",
    ends: { error: 'there is no partial "../../secrets"' },
  },
  {
    tries: "a partial called __proto__",
    prompt: "<%~ include('__proto__') %>",
    ends: { error: 'there is no partial "__proto__"' },
  },
  {
    tries: "a partial called constructor",
    prompt: "<%~ include('constructor') %>",
    ends: { error: 'there is no partial "constructor"' },
  },
  {
    tries: "a partial whose name never ends",
    prompt: "<%~ include({ toString() { for (;;); } }) %>",
    ends: { error: "longer than" },
  },
  {
    tries: "a partial that includes itself",
    prompt: "<%~ include('a') %>",
    partials: { a: "<%~ include('a') %>" },
    ends: { error: "11 partials deep" },
  },
  {
    tries: "partials in a circle that grow",
    prompt: "<%~ include('a') %>",
    partials: { a: "x<%~ include('b') %><%~ include('b') %>", b: "<%~ include('a') %>" },
    ends: { error: "11 partials deep" },
  },
  {
    tries: "partials that double with each level",
    prompt: "<%~ include('p0') %>",
    partials: Object.fromEntries(
      Array.from({ length: 9 }, (_, n) => [
        `p${n}`,
        n === 8 ? "x".repeat(5_000) : `<%~ include('p${n + 1}') %>`.repeat(8),
      ]),
    ),
    ends: { error: /exceeded its maxPromptBytes|longer than/ },
  },
  {
    tries: "a private partial of another template",
    prompt: "<%~ include('secret') %>",
    others: { "A@1/secret": "s", "A@1/open": "o" },
    ends: { error: 'there is no partial "secret"' },
  },
  {
    tries: "the including template's own partial from another",
    prompt: "<%~ include('A@1/open') %>",
    partials: { mine: "m" },
    others: { "A@1/open": "<%~ include('mine') %>" },
    ends: { error: 'there is no partial "A@1/mine"' },
  },
  {
    tries: "data that changes while it is laid over",
    prompt: "<%= include('a', { get x() { return 1 } }) %>",
    partials: { a: "<% it.x = 2; it.seed = 3; %><%= it.x + it.seed.title %>" },
    ends: { text: "1Heat" },
  },
  {
    tries: "data that is no object",
    prompt: "<%= include('a', 'abc') %>",
    partials: { a: "a" },
    ends: { error: "needs an object of names and values" },
  },
  {
    tries: "a macro that is its own argument",
    prompt: "<% const f = (g) => g(g); f(f); %>",
    ends: { error: "recursed too deeply" },
  },
];
