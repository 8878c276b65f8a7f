import { listLimit, textLimit } from "./limit";

/** Id of a machine image: 8 digits, or 17 since 2018. */
export const imageId = textLimit({
  pattern: /^ami-[0-9a-f]{8}([0-9a-f]{9})?$/,
  must: "be the id of a machine image",
  example: "ami-0123456789abcdef0",
});

/** Name of the SSM parameter that holds the id of an image. */
export const imageParameter = textLimit({
  pattern: /^(\/[A-Za-z0-9_.-]+)+$/,
  must: "be the full name of an SSM parameter, beginning with a slash",
  example: "/acme/ami/swarm-node",
});

/** Name of an image, or a pattern of names. */
export const imageName = textLimit({
  pattern: /^[A-Za-z0-9()[\] ./'@_*?-]{3,128}$/,
  must: "be the name of a machine image, 3 to 128 characters, in which * and ? stand for others",
  example: '"swarm-node-*"',
});

/** Accounts whose images are trusted. */
export const imageOwners = listLimit(1, 20, "be a list of the accounts whose images are trusted", "[self]");

export const imageOwner = textLimit({
  pattern: /^(self|amazon|aws-marketplace|aws-backup-vault|[0-9]{12})$/,
  must: "be self, amazon, aws-marketplace or an account of 12 digits in quotes",
  example: "self",
});
