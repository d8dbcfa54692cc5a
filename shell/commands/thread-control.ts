import type { SessionThreads } from "../../node/api.ts";
import type { Command } from "./command.ts";

const control = (word: string, help: string, example: string, act: (threads: SessionThreads, name: string) => void): Command => ({
  word,
  params: [{ name: "name", type: "text" }],
  help,
  example,
  run: async ({ args: [name = ""] }, { node, thread }) => act(node.threadsOf(thread), name),
});

export const pause = control("pause", "Stops a thread: it takes no lines, and ct leaves it out until resume.", "st two\nst main\npause two", (threads, name) => threads.pause(name));
export const resume = control("resume", "Lets a paused thread go on.", "st two\nst main\npause two\nresume two", (threads, name) => threads.resume(name));
export const free = control("free", "Drops a thread with everything it has pending.", "st two\nst main\nfree two", (threads, name) => threads.free(name));
export const join = control("join", "Goes to a thread that another of your sessions started with st NAME --shared.", "join shared", (threads, name) => void threads.join(name));
