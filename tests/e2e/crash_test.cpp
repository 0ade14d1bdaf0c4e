// SPDX-License-Identifier: GPL-3.0-or-later
// A server that is killed (-9) under load, a hundred times in all: every ACK that a client received is in the lease file, and no address
// is given twice across the restarts. Where the kills fall is drawn from a seed, which is printed; DORASCOPE_CRASH_SEED sets it.
#include "engine/host/lease_store.h"
#include "engine/lab/random.h"
#include "tests/e2e/programs.h"

#include <cstdlib>
#include <gmock/gmock.h>
#include <iostream>
#include <random>
#include <sstream>
#include <thread>
#include <unordered_map>

namespace dorascope::test {
namespace {

namespace fs = std::filesystem;

std::uint64_t chosen_seed()
{
    const char* given = std::getenv("DORASCOPE_CRASH_SEED");
    const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
    std::cout << "DORASCOPE_CRASH_SEED=" << seed << " repeats these kills\n";
    return seed;
}

struct Promise {
    std::string chaddr;
    Instant expiry;
};
/// What the clients were told, the last word on each address. Every line is whole: the storm lives on when the server dies.
std::unordered_map<Ipv4Address, Promise> promises_in(const fs::path& ledger)
{
    std::unordered_map<Ipv4Address, Promise> promises;
    std::istringstream lines{contents(ledger)};
    std::string address, chaddr;
    std::int64_t expiry = 0;
    while (lines >> address >> chaddr >> expiry)
        promises[*Ipv4Address::parse(address)] = {chaddr, Instant{Duration{expiry}}};
    return promises;
}

/// What the file holds as the dead server left it. A copy is read, so that the next server finds the original with all its scars.
server::LeaseTable leases_in(const fs::path& state_dir)
{
    const TemporaryFolder folder;
    fs::create_directory(folder / "state");
    for (const auto& entry : fs::directory_iterator{state_dir})
        if (entry.is_regular_file())
            fs::copy_file(entry.path(), folder / "state" / entry.path().filename().string()); // no sockets
    const auto store = host::LeaseStore::open(folder / "state" / "leases-eth0.sqlite");
    if (!store) throw std::runtime_error{store.error().text()};
    auto leases = store->load();
    if (!leases) throw std::runtime_error{leases.error().text()};
    return std::move(*leases);
}

/// The clocks of two processes may differ by what one of them was kept waiting; lease times here differ by far more.
constexpr std::chrono::seconds kClocksMayDiffer{100};

void expect_kept(const std::unordered_map<Ipv4Address, Promise>& promises, const server::LeaseTable& leases)
{
    std::size_t kept = 0, broken = 0;
    for (const auto& lease : leases) {
        const auto promise = promises.find(lease.address);
        if (promise == promises.end() || lease.state != server::LeaseState::bound) continue;
        ++kept;
        const bool right =
            lease.hardware.to_string() == promise->second.chaddr && lease.expires + kClocksMayDiffer >= promise->second.expiry;
        if (!right && ++broken <= 5) {
            ADD_FAILURE() << lease.address.to_string() << " was acknowledged to " << promise->second.chaddr << " until "
                          << promise->second.expiry.time_since_epoch().count() << ", the file says " << lease.hardware.to_string()
                          << " until " << lease.expires.time_since_epoch().count();
        }
    }
    EXPECT_EQ(kept, promises.size()) << "addresses that were acknowledged and are not bound in the file";
    EXPECT_EQ(broken, 0U);
}

/// A server in one namespace and a storm through a relay in another; the storm goes on while servers come and go.
class Crash : public EndToEnd {
protected:
    void begin(std::vector<std::string> storm_options)
    {
        server_machine_ = &lan_->plug("server", "192.168.77.1/24");
        const auto& relay = lan_->plug("relay", "192.168.77.2/24");
        relay.ip("address add 10.0.0.1/8 dev lo");
        server_machine_->ip("route add 10.0.0.0/8 via 192.168.77.2");
        std::vector<std::string> argv{kCli,           "storm",     "--relayed", "10.0.0.1",         "--server",
                                      "192.168.77.1", "--timeout", "20",        "--tries",          "1000000",
                                      "--seconds",    "86400",     "--record",  folder_ / "ledger", "--json"};
        argv.insert(argv.end(), storm_options.begin(), storm_options.end());
        storm_ = relay.start(std::move(argv));
    }
    /// Without probes: each new address would wait for its own, and the server be killed before it gave any.
    std::unique_ptr<ChildProcess> start_server(int lease_seconds)
    {
        const auto seconds = std::to_string(lease_seconds);
        write_file(
            folder_ / "dhcp.toml",
            "probe = { enabled = false }\n[[subnet]]\nprefix = \"10.0.0.0/8\"\npool = \"10.1.0.0-10.40.0.0\"\nlease_time = "
                + seconds + "\nmax_lease_time = " + seconds + "\n");
        return server_machine_->start({kCli, "serve", "--interface", "eth0", "--quiet", "--state-dir", folder_ / "state",
                                       "--config", folder_ / "dhcp.toml"});
    }
    std::uintmax_t ledger_size() const
    {
        std::error_code none;
        const auto size = fs::file_size(folder_ / "ledger", none);
        return none ? 0 : size;
    }
    /// At any moment: mostly when it has acknowledged something and a little later, sometimes while it starts.
    void kill_somewhere(ChildProcess& server)
    {
        const bool while_starting = random_.chance(.1);
        if (!while_starting) {
            const auto before = ledger_size();
            ASSERT_TRUE(eventually([&] { return ledger_size() > before || !server.running() || !storm_->running(); }));
            ASSERT_TRUE(server.running()) << server.out() << server.err();
            ASSERT_TRUE(storm_->running()) << storm_->out() << storm_->err();
        }
        std::this_thread::sleep_for(random_.below(40ms));
        server.stop(SIGKILL);
    }
    /// Ends it, and it found nothing wrong.
    nlohmann::json end_storm()
    {
        const auto finished = storm_->stop(SIGTERM);
        EXPECT_EQ(finished.status, 0) << finished.err;
        const auto json = nlohmann::json::parse(finished.out);
        EXPECT_EQ(json["fault_count"], 0) << json["faults"];
        return json;
    }

    void SetUp() override
    {
        EndToEnd::SetUp();
        if (!IsSkipped()) lan_ = std::make_unique<Lan>();
    }

    std::unique_ptr<Lan> lan_;
    const Machine* server_machine_ = nullptr;
    std::unique_ptr<ChildProcess> storm_;
    lab::Random random_{chosen_seed()};
};

/// Clients that never come back: what was forgotten once stays forgotten, or is given to somebody else, and both are seen at the end.
TEST_F(Crash, NewClientsKeepWhatTheyWereGivenThroughSixtyKills)
{
    begin({"--in-flight", "32"});
    for (int i = 0; i < 60 && !HasFatalFailure(); ++i) {
        const auto server = start_server(100'000);
        kill_somewhere(*server);
    }
    const auto json = end_storm();
    const auto promises = promises_in(folder_ / "ledger");
    EXPECT_EQ(json["held"], promises.size());
    EXPECT_GT(promises.size(), 60U);
    expect_kept(promises, leases_in(folder_ / "state"));
}

/// Each server gives a longer lease than the one before it, so that a renewal that was forgotten shows by its age. More clients than one
/// server's life suffices for: nearly every ACK is the client's first of that server.
TEST_F(Crash, RenewalsAreKeptThroughFortyKills)
{
    begin({"--in-flight", "32", "--clients", "4000", "--known"});
    int lease_seconds = 100'000;
    auto server = start_server(lease_seconds);
    ASSERT_TRUE(eventually([&] { return promises_in(folder_ / "ledger").size() == 4000 || !server->running(); }));
    server->stop(SIGKILL);
    for (int i = 0; i < 40 && !HasFailure(); ++i) {
        server = start_server(lease_seconds += 1000);
        kill_somewhere(*server);
        expect_kept(promises_in(folder_ / "ledger"), leases_in(folder_ / "state"));
    }
    const auto json = end_storm();
    EXPECT_EQ(json["held"], 4000);
    EXPECT_EQ(json["kind"], "renewal");
    EXPECT_EQ(json["naks"], 0);
}

} // namespace
} // namespace dorascope::test
