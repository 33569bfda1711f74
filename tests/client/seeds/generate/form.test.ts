import { checkGenerateForm } from "../../../../client/seeds/generate/form.ts";

test("generated seeds need a template, a name, up to 500 items and up to $5", () => {
  const form = { templateId: "poems", name: "Towns", itemCount: "20", instructions: "", model: "economy", budget: "1" };
  expect(checkGenerateForm(form)).toEqual({});
  const wrong = { ...form, templateId: "", name: " ", itemCount: "501", budget: "6" };
  expect(Object.keys(checkGenerateForm(wrong))).toEqual(["templateId", "name", "itemCount", "budget"]);
});
