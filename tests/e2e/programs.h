// SPDX-License-Identifier: GPL-3.0-or-later
// dorascope-cli and the clients of other people, as the tests use them.
#pragma once

#include "tests/e2e/lan.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

namespace dorascope::test {

inline const std::string kCli = DORASCOPE_BIN_DIR "/dorascope-cli";

/// The two programs where an ordinary user can reach them; the path of dorascope-cli.
std::string programs_for_everybody(const TemporaryFolder& folder);
/// argv that runs as user nobody.
std::vector<std::string> as_nobody(const std::vector<std::string>& argv);

/// dorascope-cli serve on eth0 of a machine; constructed when it says that it serves.
class Server {
public:
    Server(const Machine& machine, const std::filesystem::path& state_dir, std::vector<std::string> options);
    Finished stop() { return process_->stop(15); }
    Finished wait() { return process_->wait(); } ///< until it ends by itself
    void kill() { process_->stop(9); }
    std::string out() const { return process_->out(); }

private:
    std::unique_ptr<ChildProcess> process_;
};

/// dorascope-cli watch --json on eth0 of a machine; constructed when it watches.
class Watcher {
public:
    Watcher(const Machine& machine, const std::string& what);
    /// Whole lines so far, of one client (all when `chaddr` is empty).
    std::vector<nlohmann::json> lines(const std::string& chaddr = {}) const;
    Finished stop() { return process_->stop(15); }

private:
    std::unique_ptr<ChildProcess> process_;
};

/// A DHCP client of a machine. What it does is told by its own script, in a log: "bound ADDRESS", "renewed ADDRESS", "released".
class Client {
public:
    virtual ~Client() = default;
    virtual void start() = 0;
    virtual void renew() = 0;
    virtual void release() = 0;
    /// "0x3903f326" of its newest handshake, where it says so; else empty.
    virtual std::string xid() const { return {}; }
    /// Output and log, for the message of a test that fails.
    std::string story() const;
    virtual std::vector<std::string> events() const;
    std::size_t count(const std::string& event) const;
    /// The address of the newest event of that kind.
    std::string address(const std::string& event) const;

protected:
    /// `script` is the body of the client's hook, with LOG for the file to tell in.
    Client(const Machine& machine, const std::filesystem::path& folder, std::string script);
    void run(std::vector<std::string> argv) { process_ = machine_.start(std::move(argv)); }
    std::string path(const std::string& name) const { return folder_ / name; }

    const Machine& machine_;
    std::filesystem::path folder_;
    std::unique_ptr<ChildProcess> process_;
};

struct ClientKind {
    const char* name;
    const char* lease_time; ///< that suits what it takes to make it renew
    std::unique_ptr<Client> (*make)(const Machine&, const std::filesystem::path& folder);
    friend void PrintTo(const ClientKind& kind, std::ostream* out) { *out << kind.name; }
};
extern const ClientKind kDhclient, kUdhcpc, kDhcpcd, kNetworkd;

/// ISC dhcrelay between eth1, where the clients are, and a server beyond eth0. It adds option 82 (-a). Constructed when it listens.
class Relay {
public:
    Relay(const Machine& machine, const std::string& server);
    std::string err() const { return process_->err(); }

private:
    std::unique_ptr<ChildProcess> process_;
};

} // namespace dorascope::test
