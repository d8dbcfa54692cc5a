/** The parts of WebAssembly that the machine uses; the compiler's own types have them only together with a browser's. */
declare namespace WebAssembly {
  class Memory {
    constructor(descriptor: { readonly initial: number; readonly maximum?: number });
    readonly buffer: ArrayBuffer;
  }
  class Module {
    constructor(bytes: Uint8Array<ArrayBuffer>);
  }
  function validate(bytes: Uint8Array<ArrayBuffer>): boolean;
  class Global {
    value: number | bigint;
  }
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, unknown>;
  }
  type Imports = Record<string, Record<string, Memory | Global | ((...args: never[]) => number | bigint | void)>>;
}
