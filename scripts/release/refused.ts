/** Why a release is not possible. */
export class Refused extends Error {}
