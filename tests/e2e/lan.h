// SPDX-License-Identifier: GPL-3.0-or-later
// A LAN of network namespaces: a bridge in one, and a namespace with an eth0 for each machine plugged in. All of it goes with the object.
#pragma once

#include "engine/server/lease.h"
#include "engine/wire/address.h"
#include "tests/support/child_process.h"

#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace dorascope::test {

/// argv that runs as it would on the machine; the process ends with the test program, however that ends.
std::vector<std::string> within(const std::string& network_namespace, std::vector<std::string> argv);

class Machine {
public:
    Machine(std::string network_namespace, MacAddress mac) : namespace_{std::move(network_namespace)}, mac_{mac} { }
    std::unique_ptr<ChildProcess> start(std::vector<std::string> argv) const;
    Finished run(std::vector<std::string> argv) const;
    /// Carries out `what` there, in this process: sockets made meanwhile stay there.
    void enter(const std::function<void()>& what) const;
    /// Runs `ip WORDS…` there, and fails the test when that fails.
    void ip(const std::string& words) const;
    const std::string& network_namespace() const { return namespace_; }
    /// Of its eth0, as DoraScope writes it.
    std::string mac() const { return mac_.to_string(); }

private:
    std::string namespace_;
    MacAddress mac_;
};

class Lan {
public:
    Lan();
    ~Lan();
    Lan(const Lan&) = delete;
    Lan& operator=(const Lan&) = delete;

    /// A machine whose eth0 is up, without an address unless one is given ("192.168.77.1/24").
    const Machine& plug(const std::string& name, const std::string& address = {});
    /// `count` interfaces c1, c2, … in one namespace, each with its own cable to the bridge. Their addresses: mac_of(i).
    const Machine& plug_many(const std::string& name, int count);
    static MacAddress mac_of(int i);
    /// Another cable, from a machine of another LAN to this one: a router or a relay has two.
    void connect(const Machine& machine, const std::string& interface, const std::string& address);

private:
    void cable(const Machine& machine, const std::string& interface, const std::string& mac, const std::string& address);
    const std::string& add_namespace(const std::string& name);
    std::string prefix_;
    std::vector<std::string> namespaces_;
    std::vector<std::unique_ptr<Machine>> machines_;
    std::unique_ptr<Machine> bridge_;
    int cables_ = 0;
};

/// The tests of this folder: root and every client are there, or the reason why nothing runs; resolv.conf stays what it was.
class EndToEnd : public testing::Test {
protected:
    void SetUp() override;
    void TearDown() override;
    /// Arguments of `serve` that have it read this configuration.
    std::vector<std::string> config(const std::string& toml) const;
    /// The row of an address in the lease file of folder_/state, once its server has ended.
    std::optional<server::Lease> lease_of(const std::string& address) const;
    TemporaryFolder folder_; ///< for state, scripts and logs

private:
    std::string resolv_conf_;
};

} // namespace dorascope::test
