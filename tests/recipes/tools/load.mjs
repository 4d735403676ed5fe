// Loads each file that is named with openapi-backend, checks it strictly, and prints what it says: [[file, message], ...].
import { OpenAPIBackend } from "openapi-backend";

const faults = [];
for (const file of process.argv.slice(2)) {
  try {
    const api = new OpenAPIBackend({ definition: file, strict: true });
    await api.init();
    const names = api.getOperations().map((operation) => operation.operationId);
    for (const name of names) {
      const { status, mock } = api.mockResponseForOperation(name);
      if (status !== 200 || mock === undefined) faults.push([file, `${name}: no success to answer with`]);
    }
    if (names.length !== 2) faults.push([file, `operations: ${names}`]);
  } catch (fault) {
    faults.push([file, String(fault)]);
  }
}
console.log(JSON.stringify(faults));
