import { TemplateSyntaxError, treeOfExpression, treeOfPrompt } from "../../../../core/template/prompts/syntax.ts";

const faultOf = (parse: () => unknown): TemplateSyntaxError => {
  try {
    parse();
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return error;
    throw error;
  }
  throw new Error("nothing was wrong");
};

describe("prompts", () => {
  test.each<[string, string]>([
    ["a comment at the end of a tag", "<%= it.a // why %> and <% const b = 1 // that %><%= b %>"],
    ["tags side by side without semicolons", "<% const a = it.a %><% let b = a %><%= b %><%~ a %>"],
    ["a name before a printing tag is not called", "<% it.a %><%= it.b %>"],
    ["a condition for the one tag that follows", "<% if (it.a) %><%= it.b %><% else %><%= it.c %>"],
    ["text in quotes that looks like the end of a tag", '<%= "%>" + `%>` %>'],
    [
      "quotes, comments and templates that hold each other's marks",
      "<% /* ' \" ` %> */ '/*' + \"`\" + `'%>\"` + '\\'' %><%= it.a %>",
    ],
    ["trimming tags", "<%- const a = 1 -%>\n<%_ a _%> <%-= a -%>"],
    ["a return", "<% if (!it.a) return %><%= it.b %>"],
  ])("reads %s", (_, prompt) => {
    expect(() => treeOfPrompt(prompt)).not.toThrow();
  });

  test.each<[string, string, number, number]>([
    ["a tag without its end", "one\n two <% it.a", 2, 6],
    ["half an expression", "one\n<%= it.a. %>", 2, 12],
    ["a loop that is not closed", "<% for (const a of it.b) { %>\n<%= a %>", 2, 9],
  ])("shows line and column of %s", (_, prompt, line, column) => {
    const fault = faultOf(() => treeOfPrompt(prompt));
    expect([fault.line, fault.column]).toEqual([line, column]);
    const [text = "", caret = ""] = fault.excerpt.split("\n");
    expect(text).toBe(`  ${prompt.split("\n")[line - 1]}`);
    expect(caret.indexOf("^")).toBe(column + 1);
  });
});

describe("expressions", () => {
  test.each(["(it.a)", "(it.a) ", "((it.a)) + 1", '("a" in it.b)', "{}.a ?? it.b"])("reads %s", (expression) => {
    expect(() => treeOfExpression(expression)).not.toThrow();
  });

  test.each<[string, number]>([
    ["it.a it.b", 6],
    ["it.a; it.b", 5],
    ["(it.a", 6],
    ["(it.a))", 7],
  ])("refuses %s at its place", (expression, column) => {
    expect(faultOf(() => treeOfExpression(expression)).column).toBe(column);
  });
});
