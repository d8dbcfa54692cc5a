import { createServer, type Server, type Socket } from "node:net";
import { FaultError } from "../../lang/base/fault.ts";
import type { NetworkFault } from "../fault.ts";
import { endpointText, type Endpoint } from "./endpoint.ts";

/** Listens for other nodes; port 0 takes any free one. Faults: NET_PORT_TAKEN, NET_CANNOT_LISTEN. */
export function listenOn(endpoint: Endpoint, accept: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(accept);
    server.once("error", (error: NodeJS.ErrnoException) => reject(new FaultError<NetworkFault>(faultOf(error, endpointText(endpoint)))));
    server.listen({ ...endpoint }, () => {
      server.removeAllListeners("error");
      // Of one connection that could not be accepted; the others go on.
      server.on("error", () => undefined);
      resolve(server);
    });
  });
}

function faultOf(error: NodeJS.ErrnoException, address: string): NetworkFault {
  if (error.code === "EADDRINUSE") return { code: "NET_PORT_TAKEN", address };
  return { code: "NET_CANNOT_LISTEN", address, reason: error.message };
}
