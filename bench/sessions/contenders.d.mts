/** The servers under test, by their names. */
export declare const contenders: Readonly<Record<string, unknown>>
