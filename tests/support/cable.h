// SPDX-License-Identifier: GPL-3.0-or-later
// Two machines and a cable, in network namespaces without a name: they go with the process, whatever ends it. Needs root.
#pragma once

#include "engine/wire/address.h"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace dorascope::test {

inline constexpr unsigned kNobody = 65534;

/// Root may make network namespaces; the reason for skipping otherwise.
bool may_make_networks();
inline constexpr const char* kWhyNoNetworks = "needs root: it makes network namespaces of its own";

/// From now on this thread (and what it starts) is on the server's machine. `srv` (192.168.77.1/24, up) is cabled to `cli` (up, without
/// an address) on the client's machine.
class Cable {
public:
    Cable();
    ~Cable(); ///< back to where the thread came from
    Cable(const Cable&) = delete;
    Cable& operator=(const Cable&) = delete;

    /// Runs on the client's machine.
    void on_client(const std::function<void()>& what) const;
    MacAddress server_mac() const;
    MacAddress client_mac() const;
    /// "ip …" on this machine; throws with what it said when it fails.
    static void ip(const std::string& arguments);

private:
    int home_ = -1, client_ = -1, server_ = -1;
};

/// Index of an interface of this machine; throws when there is none.
unsigned interface_index(const std::string& name);

/// Puts frames on the wire at `interface` of this machine.
void send_frames(const std::string& interface, std::span<const std::vector<std::byte>> frames);
void send_frame(const std::string& interface, const std::vector<std::byte>& frame);

/// Runs `what` in a child process of user nobody. Failures of gtest in there are printed, and the child's exit says that there were some:
/// EXPECT_TRUE(as_nobody(…)).
bool as_nobody(const std::function<void()>& what);
/// The same beside a process that stays root: each call of `turn` has it do the next of `turns`, and waits until that is done.
bool as_nobody(const std::vector<std::function<void()>>& turns,
               const std::function<void(const std::function<void()>& turn)>& what);
/// The same without changing the user.
bool in_child(const std::function<void()>& what);

} // namespace dorascope::test
