/**
 * Ed25519 public key of those who sign models, base64url; it changes only with a release. The least version of a model
 * is that of the one that ships. A fork makes a key of its own: `npm run sign -- --new-key KEYFILE` prints its public part.
 */
export const MODEL_KEY = '1-ULAwuChGYzumwHHtSUU82UaN53qO1xxM2DYqVO8dc'
