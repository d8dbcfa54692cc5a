import { commitAll, newFolder, startDevnet } from "./node/maintenance/devnet.ts";
const folder=newFolder(); const node = await startDevnet(folder);
try { await commitAll(node, ["mkdir docs\necho one > docs/a", "echo two > docs/b"]); console.log("ok"); } catch(e){console.log(e);} await node.stop();
