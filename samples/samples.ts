/** What ships with the product: templates, and a seed set that makes sense for each. */
import poems from "./templates/poems.yaml";
import productReviews from "./templates/product-reviews.yaml";
import questionsAndAnswers from "./templates/questions-and-answers.yaml";
import customers from "./seeds/customers.jsonl";
import naturalWonders from "./seeds/natural-wonders.csv";
import places from "./seeds/places.jsonl";
import products from "./seeds/products.csv";

export interface Sample {
  readonly template: { readonly id: string; readonly source: string };
  readonly seedSet: SampleSeedSet;
}

export interface SampleSeedSet {
  readonly id: string;
  readonly name: string;
  readonly files: readonly { readonly collection: string; readonly fileName: string; readonly text: string }[];
}

export const SAMPLES_LIST: readonly Sample[] = [
  {
    template: { id: "questions-and-answers", source: questionsAndAnswers },
    seedSet: {
      id: "natural-wonders",
      name: "Natural wonders",
      files: [{ collection: "seeds", fileName: "natural-wonders.csv", text: naturalWonders }],
    },
  },
  {
    template: { id: "product-reviews", source: productReviews },
    seedSet: {
      id: "products-and-customers",
      name: "Products and customers",
      files: [
        { collection: "products", fileName: "products.csv", text: products },
        { collection: "customers", fileName: "customers.jsonl", text: customers },
      ],
    },
  },
  {
    template: { id: "poems", source: poems },
    seedSet: {
      id: "places",
      name: "Places",
      files: [{ collection: "places", fileName: "places.jsonl", text: places }],
    },
  },
];
