// What a page tells the browser of blocks, as the server tells it (tests/webapp/studies/selectors/test_block_facts.py).
import { readFileSync } from "node:fs";
import { describe } from "../../frontend/domain/blocks.js";

const told = JSON.parse(readFileSync(new URL("../fixtures/block_facts.json", import.meta.url), "utf8"));
export const FACTS = told.facts;
/** Counted outputs of the recorded quick look. */
export const ELEMENTS = told.quick_look_output_elements;
describe(FACTS);
