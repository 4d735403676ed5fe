// Reads a folder of results as Allure Report 3 does, and prints what it understood as JSON: `node read.mjs FOLDER`.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { allure2, junitXml } from "@allurereport/reader";
import { PathResultFile } from "@allurereport/reader-api";

const folder = process.argv[2];
const seen = { results: [], attachments: [], metadata: [], unread: [] };
const visitor = {
  visitTestResult: async (result) => seen.results.push(result),
  visitAttachmentFile: async (file) => seen.attachments.push(file.getOriginalFileName()),
  visitMetadata: async (metadata) => seen.metadata.push(metadata),
  visitTestFixtureResult: async () => {},
  visitGlobals: async () => {},
  visitCheckResult: async () => {},
  visitMetrics: async () => {},
};
for (const name of readdirSync(folder).sort()) {
  const file = new PathResultFile(join(folder, name), name);
  const reader = name.endsWith(".xml") ? junitXml : allure2;
  if (!reader.matches(file) || !(await reader.read(visitor, file))) seen.unread.push(name);
}
process.stdout.write(JSON.stringify(seen));
