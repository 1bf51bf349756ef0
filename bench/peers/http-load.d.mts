export declare function httpRate(port: number, ms: number): Promise<number>
