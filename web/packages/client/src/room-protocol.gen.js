/* Made from signalling/protocol/lectern.v1.schema.json by `npm run protocol`. Not to be changed by hand. */
export {};
