// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/e2e/programs.h"

#include <algorithm>
#include <csignal>
#include <stdexcept>

namespace dorascope::test {
namespace {

[[noreturn]] void fail(const std::string& what, const ChildProcess& process)
{
    throw std::runtime_error{what + "\n" + process.out() + process.err()};
}

} // namespace

std::string programs_for_everybody(const TemporaryFolder& folder)
{
    namespace fs = std::filesystem;
    constexpr auto kEverybody =
        fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec | fs::perms::others_read | fs::perms::others_exec;
    fs::permissions(folder.path(), kEverybody);
    for (const char* name : {"dorascope-cli", "dorascope-netd"}) {
        fs::copy_file(fs::path{DORASCOPE_BIN_DIR} / name, folder / name);
        fs::permissions(folder / name, kEverybody);
    }
    return folder / "dorascope-cli";
}

// In a mount namespace of its own whose root is open to everybody: ours may be closed (a chroot in a folder of root's own), and an
// ordinary user could not even load a library there.
std::vector<std::string> as_nobody(const std::vector<std::string>& argv)
{
    std::vector<std::string> all{"unshare", "--mount", "--propagation", "private", "/bin/sh", "-c", R"(
        mount -t tmpfs -o mode=755 tmpfs /mnt && cd /mnt || exit 9
        for place in /*; do
            if [ -L "$place" ]; then cp -P "$place" .
            elif [ -d "$place" ] && [ "$place" != /mnt ]; then mkdir ".$place" && mount --rbind "$place" ".$place"; fi
        done
        exec chroot . setpriv --reuid 65534 --regid 65534 --clear-groups --pdeathsig KILL "$@")", "sh"};
    all.insert(all.end(), argv.begin(), argv.end());
    return all;
}

Server::Server(const Machine& machine, const std::filesystem::path& state_dir, std::vector<std::string> options)
{
    std::vector<std::string> argv{kCli, "serve", "--interface", "eth0", "--state-dir", state_dir};
    argv.insert(argv.end(), options.begin(), options.end());
    process_ = machine.start(std::move(argv));
    const auto ready = [&] { return process_->out().find("serving ") != std::string::npos || !process_->running(); };
    if (!eventually(ready) || !process_->running()) fail("the server did not start", *process_);
}

Watcher::Watcher(const Machine& machine, const std::string& what)
    : process_{machine.start({kCli, "watch", "--interface", "eth0", "--json", "--what", what})}
{
    const auto ready = [&] { return process_->err().find("watching ") != std::string::npos || !process_->running(); };
    if (!eventually(ready) || !process_->running()) fail("the watcher did not start", *process_);
}

std::vector<nlohmann::json> Watcher::lines(const std::string& chaddr) const
{
    auto text = process_->out();
    text.erase(text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n'));
    std::vector<nlohmann::json> list;
    for (const auto& line : lines_of(text)) {
        auto json = nlohmann::json::parse(line);
        if (chaddr.empty() || json["chaddr"] == chaddr) list.push_back(std::move(json));
    }
    return list;
}

Client::Client(const Machine& machine, const std::filesystem::path& folder, std::string script)
    : machine_{machine}, folder_{folder}
{
    std::filesystem::create_directories(folder_);
    for (auto at = script.find("LOG"); at != std::string::npos; at = script.find("LOG"))
        script.replace(at, 3, "'" + path("log") + "'");
    write_file(path("script"), "#!/bin/sh\n" + script);
    std::filesystem::permissions(path("script"), std::filesystem::perms::owner_all);
}

Relay::Relay(const Machine& machine, const std::string& server)
    : process_{machine.start({"dhcrelay", "-4", "-d", "-a", "-iu", "eth0", "-id", "eth1", server})}
{
    const auto ready = [&] {
        return process_->err().find("Sending on   Socket/fallback") != std::string::npos || !process_->running();
    };
    if (!eventually(ready) || !process_->running()) fail("the relay did not start", *process_);
}

std::vector<std::string> Client::events() const { return lines_of(contents(path("log"))); }

std::size_t Client::count(const std::string& event) const
{
    const auto all = events();
    return static_cast<std::size_t>(std::ranges::count_if(all, [&](const std::string& e) { return e.starts_with(event); }));
}

std::string Client::address(const std::string& event) const
{
    std::string address;
    for (const auto& e : events()) {
        if (e.starts_with(event + " ")) address = e.substr(event.size() + 1);
    }
    return address;
}

std::string Client::story() const { return process_->out() + process_->err() + contents(path("log")); }

namespace {

/// isc-dhcp-client. It renews when T1 has come, and by no other way.
class Dhclient : public Client {
public:
    Dhclient(const Machine& machine, const std::filesystem::path& folder)
        : Client{machine, folder, R"(case $reason in
PREINIT) ip link set "$interface" up;;
BOUND|REBOOT) ip address replace "$new_ip_address/24" dev "$interface"; echo "bound $new_ip_address" >>LOG;;
RENEW|REBIND) echo "renewed $new_ip_address" >>LOG;;
RELEASE) ip address flush dev "$interface"; echo released >>LOG;;
esac
)"}
    {
        // Debian confines /usr/sbin/dhclient with AppArmor, by its path, to the system's own script and files. A copy is the same program.
        std::filesystem::copy_file("/usr/sbin/dhclient", path("dhclient"), std::filesystem::copy_options::skip_existing);
    }
    void start() override { run(command({"-d"})); }
    void renew() override { }
    void release() override { machine_.run(command({"-r"})); }

private:
    std::vector<std::string> command(std::vector<std::string> mode) const
    {
        std::vector<std::string> argv{path("dhclient"), "-4",  "-v",           "-cf", "/dev/null", "-sf",
                                      path("script"),   "-lf", path("leases"), "-pf", path("pid")};
        argv.insert(argv.end(), mode.begin(), mode.end());
        argv.push_back("eth0");
        return argv;
    }
};

class Udhcpc : public Client {
public:
    Udhcpc(const Machine& machine, const std::filesystem::path& folder)
        : Client{machine, folder, R"(case $1 in
bound) ip address replace "$ip/24" dev "$interface"; test -z "$router" || ip route replace default via "$router"
    echo "bound $ip" >>LOG;;
renew) echo "renewed $ip" >>LOG;;
deconfig) ip link set "$interface" up; ip address flush dev "$interface"; test ! -e LOG || echo released >>LOG;;
esac
)"}
    { }
    void start() override { run({"udhcpc", "-f", "-i", "eth0", "-s", path("script"), "-t", "20", "-T", "1"}); }
    void renew() override { process_->send(SIGUSR1); }
    void release() override { process_->send(SIGUSR2); }
};

/// Its files have fixed places: in a mount namespace of its own they are not the machine's.
class Dhcpcd : public Client {
public:
    Dhcpcd(const Machine& machine, const std::filesystem::path& folder)
        : Client{machine, folder, R"(case $reason in
BOUND|REBOOT) echo "bound $new_ip_address" >>LOG;;
RENEW|REBIND) echo "renewed $new_ip_address" >>LOG;;
RELEASE) echo released >>LOG;;
esac
)"}
    {
        write_file(path("config"), "nodelay\nnoarp\nnohook resolv.conf\noption rapid_commit\n");
    }
    void start() override
    {
        run({"unshare", "--mount", "--propagation", "private", "/bin/sh", "-c",
             "mount -t tmpfs tmpfs /run && mkdir -p /run/dhcpcd && mount -t tmpfs tmpfs /var/lib && mkdir -p /var/lib/dhcpcd && "
             "exec dhcpcd -4 -B -d -f \"$0\" -c \"$1\" eth0",
             path("config"), path("script")});
    }
    void renew() override { process_->send(SIGUSR1); }
    /// While its hook runs it overhears signals. It ends when it has released.
    void release() override
    {
        const auto ended = [&] { return !process_->running(); };
        for (int i = 0; i < 30 && count("released") == 0; ++i) {
            process_->send(SIGALRM);
            if (eventually(ended, 1s)) return;
        }
    }
    std::string xid() const override
    {
        const auto text = process_->err() + process_->out();
        const auto at = text.rfind("sending REQUEST (xid 0x");
        if (at == std::string::npos) return {};
        const auto digits = text.substr(at + 23, text.find(')', at) - at - 23); // without leading zeros
        return "0x" + std::string(8 - std::min<std::size_t>(8, digits.size()), '0') + digits;
    }
};

/// In a mount namespace: a root folder that everybody may enter (this one's may be closed to networkd's user), a /run of its own, and
/// /sys read-only as in a container, so that it does not wait for udev.
constexpr auto kNetworkdRoom = R"(#!/bin/sh
set -e
here=$1; root=$here/root
mkdir "$root" && mount -t tmpfs -o mode=755 tmpfs "$root"
for folder in /*; do
    if [ -L "$folder" ]; then cp -a "$folder" "$root/"; continue; fi
    case $folder in /usr | /bin | /sbin | /lib* | /etc | /var | /dev | /proc | /sys) ;; *) continue ;; esac
    mkdir "$root$folder" && mount --rbind "$folder" "$root$folder"
done
mkdir "$root/run" && mount -t tmpfs -o mode=755 tmpfs "$root/run"
mkdir -p "$root/run/systemd/network" "$root/run/systemd/netif/links" "$root/run/systemd/netif/leases" "$root/run/systemd/netif/lldp"
chown -R systemd-network: "$root/run/systemd/netif"
install -m 644 "$here/eth0.network" "$root/run/systemd/network/00-eth0.network"
[ ! -d "$root/etc/systemd/network" ] || mount -t tmpfs tmpfs "$root/etc/systemd/network"
mount -o remount,bind,ro "$root/sys"
SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console exec chroot "$root" /lib/systemd/systemd-networkd
)";

/// systemd's, without the rest of systemd. It has no hook: its log tells. Renews when T1 has come; releases when it ends.
class Networkd : public Client {
public:
    Networkd(const Machine& machine, const std::filesystem::path& folder) : Client{machine, folder, ""}
    {
        write_file(path("eth0.network"),
                   "[Match]\nName=eth0\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n"
                   "[DHCPv4]\nClientIdentifier=mac\nUseDNS=no\n");
        write_file(path("room"), kNetworkdRoom);
    }
    void start() override { run({"unshare", "--mount", "--propagation", "private", "/bin/sh", path("room"), path("")}); }
    void renew() override { }
    void release() override { process_->stop(SIGTERM); }
    std::vector<std::string> events() const override
    {
        std::vector<std::string> events;
        for (const auto& line : lines_of(process_->err() + process_->out())) {
            const auto at = line.find(": DHCPv4 address ");
            if (at == std::string::npos || line.find(" acquired from ") == std::string::npos) continue;
            const auto address = line.substr(at + 17);
            events.push_back("bound " + address.substr(0, address.find('/')));
        }
        return events;
    }
};

template <typename T> std::unique_ptr<Client> make(const Machine& machine, const std::filesystem::path& folder)
{
    return std::make_unique<T>(machine, folder);
}

} // namespace

const ClientKind kDhclient{"dhclient", "6", make<Dhclient>};
const ClientKind kUdhcpc{"udhcpc", "600", make<Udhcpc>};
const ClientKind kDhcpcd{"dhcpcd", "600", make<Dhcpcd>};
const ClientKind kNetworkd{"networkd", "6", make<Networkd>};

} // namespace dorascope::test
