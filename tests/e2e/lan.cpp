// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/e2e/lan.h"

#include "engine/host/lease_store.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sched.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace dorascope::test {
namespace {

constexpr std::string_view kFamily = "dorascope-e2e-"; ///< "dorascope-e2e-PID-N-NAME"

void check(const Finished& finished, const std::string& what)
{
    if (finished.status != 0) throw std::runtime_error{what + ": " + finished.err};
}

void ip(std::vector<std::string> words)
{
    words.insert(words.begin(), "ip");
    std::string what;
    for (const auto& word : words)
        what += word + ' ';
    check(run_program(std::move(words)), what);
}

std::vector<std::string> split(const std::string& words)
{
    std::vector<std::string> list(1);
    for (const char c : words) {
        if (c == ' ') {
            list.emplace_back();
        } else {
            list.back() += c;
        }
    }
    return list;
}

/// Clients split into several processes, which outlive the first. Whatever runs in a namespace of ours was started by us.
void end_inhabitants(const std::string& network_namespace)
{
    for (const auto& pid : lines_of(run_program({"ip", "netns", "pids", network_namespace}).out))
        ::kill(static_cast<pid_t>(std::stol(pid)), SIGKILL);
}

/// A run that was killed could not clean up; its namespaces bear the number of a process that is no more.
void remove_leftovers()
{
    for (const auto& line : lines_of(run_program({"ip", "netns", "list"}).out)) {
        const auto name = line.substr(0, line.find(' '));
        if (!name.starts_with(kFamily)) continue;
        const auto pid = name.substr(kFamily.size(), name.find('-', kFamily.size()) - kFamily.size());
        if (std::filesystem::exists("/proc/" + pid)) continue;
        end_inhabitants(name);
        run_program({"ip", "netns", "delete", name});
    }
}

struct Needed {
    const char* program;
    const char* package;
};
constexpr std::array kNeeded{Needed{"ip", "iproute2"},
                             Needed{"setpriv", "util-linux"},
                             Needed{"dhclient", "isc-dhcp-client"},
                             Needed{"udhcpc", "udhcpc"},
                             Needed{"dhcpcd", "dhcpcd-base"},
                             Needed{"systemd-networkd", "systemd"},
                             Needed{"dhcrelay", "isc-dhcp-relay"},
                             Needed{"dnsmasq", "dnsmasq-base"},
                             Needed{"setcap", "libcap2-bin"},
                             Needed{"mount", "mount"}};

bool installed(const char* program)
{
    for (const char* folder : {"/usr/sbin/", "/sbin/", "/usr/bin/", "/bin/", "/lib/systemd/"}) {
        if (::access((std::string{folder} + program).c_str(), X_OK) == 0) return true;
    }
    return false;
}

} // namespace

std::vector<std::string> within(const std::string& network_namespace, std::vector<std::string> argv)
{
    std::vector<std::string> all{"setpriv", "--pdeathsig", "KILL", "ip", "netns", "exec", network_namespace};
    all.insert(all.end(), argv.begin(), argv.end());
    return all;
}

std::unique_ptr<ChildProcess> Machine::start(std::vector<std::string> argv) const
{
    return std::make_unique<ChildProcess>(within(namespace_, std::move(argv)));
}

Finished Machine::run(std::vector<std::string> argv) const { return run_program(within(namespace_, std::move(argv))); }

void Machine::ip(const std::string& words) const
{
    auto argv = split(words);
    argv.insert(argv.begin(), {"ip", "-n", namespace_});
    check(run_program(std::move(argv)), words);
}

void Machine::enter(const std::function<void()>& what) const
{
    const auto open_namespace = [](const std::string& path) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0) throw std::system_error{errno, std::generic_category(), path};
        return fd;
    };
    // Only this thread is elsewhere, and only for as long.
    const int home = open_namespace("/proc/thread-self/ns/net");
    const int there = open_namespace("/run/netns/" + namespace_);
    const bool entered = ::setns(there, CLONE_NEWNET) == 0;
    if (entered) what();
    const bool back = ::setns(home, CLONE_NEWNET) == 0;
    ::close(home);
    ::close(there);
    if (!entered || !back) throw std::runtime_error{"setns " + namespace_};
}

Lan::Lan()
{
    static int count = 0;
    prefix_ = std::string{kFamily} + std::to_string(::getpid()) + "-" + std::to_string(++count) + "-";
    remove_leftovers();
    bridge_ = std::make_unique<Machine>(add_namespace("switch"), MacAddress{});
    bridge_->ip("link add br0 type bridge");
    bridge_->ip("link set br0 up");
}

Lan::~Lan()
{
    for (const auto& name : namespaces_)
        run_program({"ip", "netns", "delete", name});
}

const std::string& Lan::add_namespace(const std::string& name)
{
    test::ip({"netns", "add", prefix_ + name});
    namespaces_.push_back(prefix_ + name);
    test::ip({"-n", namespaces_.back(), "link", "set", "lo", "up"});
    return namespaces_.back();
}

MacAddress Lan::mac_of(int i) { return {{0x02, 0, 0, 0x77, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)}}; }

const Machine& Lan::plug(const std::string& name, const std::string& address)
{
    const auto number = static_cast<int>(machines_.size()) + 0x100;
    auto machine = std::make_unique<Machine>(add_namespace(name), mac_of(number));
    cable(*machine, "eth0", machine->mac(), address);
    machines_.push_back(std::move(machine));
    return *machines_.back();
}

void Lan::connect(const Machine& machine, const std::string& interface, const std::string& address)
{
    cable(machine, interface, mac_of(0x800 + cables_).to_string(), address);
}

void Lan::cable(const Machine& machine, const std::string& interface, const std::string& mac, const std::string& address)
{
    const auto plug = "p" + std::to_string(++cables_);
    bridge_->ip("link add " + plug + " type veth peer name " + interface + " address " + mac + " netns "
                + machine.network_namespace());
    bridge_->ip("link set " + plug + " master br0 up");
    if (!address.empty()) machine.ip("address add " + address + " dev " + interface);
    machine.ip("link set " + interface + " up");
    // The kernel tells the bridge of the carrier a little later; until then a frame is lost, as at a switch.
    const std::vector<std::string> look{"ip", "-n", bridge_->network_namespace(), "-d", "link", "show", "dev", plug};
    const auto forwards = [&] { return run_program(look).out.find("state forwarding") != std::string::npos; };
    if (!eventually(forwards)) throw std::runtime_error{plug + " does not forward: " + run_program(look).out};
}

const Machine& Lan::plug_many(const std::string& name, int count)
{
    const auto& where = add_namespace(name);
    const TemporaryFolder folder;
    std::string cables, plugs;
    for (int i = 1; i <= count; ++i) {
        const auto n = std::to_string(i);
        cables +=
            "link add q" + n + " type veth peer name c" + n + " address " + mac_of(i).to_string() + " netns " + where + "\n";
        cables += "link set q" + n + " master br0 up\n";
        plugs += "link set c" + n + " up\n";
    }
    write_file(folder / "cables", cables);
    write_file(folder / "plugs", plugs);
    test::ip({"-n", bridge_->network_namespace(), "-batch", folder / "cables"});
    test::ip({"-n", where, "-batch", folder / "plugs"});
    machines_.push_back(std::make_unique<Machine>(where, MacAddress{}));
    return *machines_.back();
}

void EndToEnd::SetUp()
{
    resolv_conf_ = contents("/etc/resolv.conf");
    if (::geteuid() != 0) GTEST_SKIP() << "network namespaces need root; run the tests as root to have this one";
    for (const auto& needed : kNeeded) {
        ASSERT_TRUE(installed(needed.program))
            << needed.program << " is missing; install " << needed.package << " (./dev setup test)";
    }
}

std::vector<std::string> EndToEnd::config(const std::string& toml) const
{
    write_file(folder_ / "dorascope.toml", toml);
    return {"--config", folder_ / "dorascope.toml"};
}

std::optional<server::Lease> EndToEnd::lease_of(const std::string& address) const
{
    const auto store = host::LeaseStore::open(folder_ / "state" / "leases-eth0.sqlite");
    EXPECT_TRUE(store) << store.error().text();
    const auto leases = store ? store->load() : tl::unexpected{store.error()};
    EXPECT_TRUE(leases);
    if (!leases) return std::nullopt;
    const auto row = std::ranges::find(*leases, Ipv4Address::parse(address).value(), &server::Lease::address);
    return row == leases->end() ? std::nullopt : std::optional{*row};
}

void EndToEnd::TearDown()
{
    EXPECT_EQ(contents("/etc/resolv.conf"), resolv_conf_) << "the machine's own name service was touched";
}

} // namespace dorascope::test
