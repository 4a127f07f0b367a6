// Loaded before a server that has no option for it: whatever it listens on, only this machine reaches it.
const net = require("node:net");
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (port, ...rest) {
  const options = typeof port === "object" && port !== null ? { ...port } : { port: Number(port) };
  options.host = "127.0.0.1";
  return listen.call(this, options, ...rest.filter((one) => typeof one === "function"));
};
