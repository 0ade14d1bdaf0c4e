// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_store.h"

#include "engine/host/kept_files.h"
#include "engine/host/lease_row.h"
#include "engine/host/lease_schema.h"
#include "engine/host/private_files.h"
#include "engine/host/privileged.h"
#include "engine/host/reservation_rows.h"

#include <array>
#include <cstring>
#include <fcntl.h>
#include <iterator>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace dorascope::host {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPart = 256; ///< leases read at once
// Pages in the log (8 MiB) before they are moved into the file: a page that changes often meanwhile is moved once.
constexpr int kLogPages = 2048;
// A log that grows costs every sync a write of its inode, and on most file systems a transaction of the file system's own: it is laid out
// ahead of what is written.
constexpr sqlite3_int64 kLogFrame = 4096 + 24; // SQLite file format §4.2: a page and its header
constexpr sqlite3_int64 kLogAhead = 16 * kLogFrame, kLogSize = (kLogPages + 64) * kLogFrame;

/// What is wrong with a file is the store's error, however it was found.
tl::unexpected<HostError> of_store(HostError error)
{
    error.kind = HostError::Kind::store;
    return tl::unexpected{std::move(error)};
}

/// SQLite itself lets two writers take turns; two servers handing out one pool must not. The lock goes with the process, however it ends.
tl::expected<Descriptor, HostError> lock_beside(int folder, const fs::path& file)
{
    const fs::path name = file.string() + ".lock";
    auto opened = private_file(folder, name.filename(), name, Missing::is_made);
    if (!opened) return opened;
    Descriptor lock = std::move(*opened);
    if (::flock(lock.get(), LOCK_EX | LOCK_NB) == 0) {
        const std::string pid = std::to_string(::getpid()) + "\n";
        [[maybe_unused]] const bool noted =
            ::ftruncate(lock.get(), 0) == 0 && ::pwrite(lock.get(), pid.data(), pid.size(), 0) > 0;
        return lock;
    }
    char pid[16] = {};
    const ssize_t length = ::pread(lock.get(), pid, sizeof pid - 1, 0);
    const std::string who = length > 1 ? " (process " + std::string{pid, std::strcspn(pid, "\n")} + ")" : "";
    return tl::unexpected{store_error("Another server" + who + " has the lease file " + file.string() + " open.",
                                      "Stop it first, or name another folder with --state-dir.")};
}

/// The files that SQLite has or makes: it gives its log the rights of the file itself (SQLite: findCreateFileMode). Before it opens them:
/// closing one afterwards would take its locks off.
tl::expected<void, HostError> make_private(int folder, const fs::path& file)
{
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        const fs::path name = file.string() + suffix;
        const auto opened = private_file(folder, name.filename(), name, *suffix ? Missing::stays : Missing::is_made);
        if (!opened) return tl::unexpected{opened.error()};
    }
    return {};
}

/// The names of new files are in the folder, which has to reach the disk too.
void sync_folder(int folder)
{
    const Descriptor opened{::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened) ::fsync(opened.get());
}

/// Through a link in its folder's name, but not through one in the place of the file: SQLite then need not follow any.
fs::path without_links(const fs::path& file)
{
    std::error_code error;
    const fs::path folder = fs::canonical(file.has_parent_path() ? file.parent_path() : fs::path{"."}, error);
    return error ? file : folder / file.filename();
}

} // namespace

struct LeaseStore::Impl {
    fs::path file;
    Descriptor lock;
    Database database;
    Statement begin, upsert, erase, commit, rollback;
    int log_pages = 0; ///< after the last commit
    int tidy_at = kLogPages;
    sqlite3_int64 log_size = 0; ///< as far as is known
    KeptFiles kept; ///< the database, its log and the lock: where one is removed or replaced, nobody finds what is stored
    bool is_full = false; ///< the last commit found no room: that of the log may do for the next one

    tl::unexpected<HostError> error() const { return tl::unexpected{explain(file, database.get())}; }
    tl::expected<void, HostError> connect();
    tl::expected<void, HostError> connect_to_read();
    bool prepare_all();
    bool write(std::span<const server::LeaseWrite> writes) const;
    void lay_out_log();
    tl::expected<void, HostError> still_there();
};

tl::expected<void, HostError> LeaseStore::Impl::connect()
{
    // Nobody asks SQLite how much memory it has; counting it takes a lock at each allocation. Refused, and no harm, once it is in use.
    [[maybe_unused]] static const int counting = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(without_links(file).c_str(), &opened,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW | SQLITE_OPEN_NOMUTEX, nullptr);
    database.reset(opened);
    if (code != SQLITE_OK) return error();
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, 1000); // somebody looks into it with the sqlite3 shell
    // In COMMIT a checkpoint would keep the ACKs waiting, and its failure would look like the commit's. See tidy().
    sqlite3_wal_hook(
        opened,
        [](void* self, sqlite3*, const char*, int pages) {
            static_cast<Impl*>(self)->log_pages = pages;
            return SQLITE_OK;
        },
        this);
    // FULL: in WAL mode every commit syncs the log, so an ACK that left is on disk.
    if (!execute(opened, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF")) return error();
    if (auto ready = prepare_schema(opened, file); !ready) return ready;
    return prepare_all() ? tl::expected<void, HostError>{} : error();
}

tl::expected<void, HostError> LeaseStore::Impl::connect_to_read()
{
    sqlite3* opened = nullptr;
    const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    database.reset(opened);
    if (code != SQLITE_OK) return error();
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, 1000);
    return prepare_schema(opened, file);
}

bool LeaseStore::Impl::prepare_all()
{
    const auto lasting = [this](const char* sql) { return prepare(database.get(), sql, true); };
    begin = lasting("BEGIN IMMEDIATE");
    upsert = lasting(kUpsert);
    erase = lasting(kErase);
    commit = lasting("COMMIT");
    rollback = lasting("ROLLBACK");
    return begin && upsert && erase && commit && rollback;
}

bool LeaseStore::Impl::write(std::span<const server::LeaseWrite> writes) const
{
    for (const auto& write : writes) {
        if (write.erase) {
            sqlite3_bind_int64(erase.get(), 1, write.lease.address.value);
        } else {
            bind_lease(upsert.get(), write.lease);
        }
        if (!run(write.erase ? erase : upsert)) return false;
    }
    return true;
}

/// In a transaction: nobody else writes then. What is behind the last frame SQLite does not read. Without room nothing is changed, and the
/// log grows as it goes. The file is not looked at more often than need be: of a file that is, Linux keeps finer times (multigrain
/// timestamps, 6.13), and the next sync has its inode to write.
void LeaseStore::Impl::lay_out_log()
{
    static constexpr std::array<char, 1 << 16> kNothing{};
    const sqlite3_int64 needed = log_pages * kLogFrame + kLogAhead;
    sqlite3_file* log = nullptr;
    if (log_size >= needed || sqlite3_file_control(database.get(), "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK
        || !log || !log->pMethods || log->pMethods->xFileSize(log, &log_size) != SQLITE_OK || log_size >= needed)
        return;
    const sqlite3_int64 before = log_size;
    for (; log_size < before + kLogSize; log_size += std::ssize(kNothing)) {
        if (log->pMethods->xWrite(log, kNothing.data(), static_cast<int>(kNothing.size()), log_size) == SQLITE_OK) continue;
        log->pMethods->xTruncate(log, before);
        log_size = needed; // until more is needed
        return;
    }
}

/// Somebody has cleaned up, or put a copy of yesterday back: until then all was well, and SQLite does not notice.
tl::expected<void, HostError> LeaseStore::Impl::still_there()
{
    const auto lost = kept.lost();
    if (!lost) return {};
    const auto name = (file.parent_path() / *lost).string();
    return tl::unexpected{store_error(name + " was removed or replaced while the server uses it.",
                                      "Put it back if it was moved; else stop the server and start it again.")};
}

LeaseStore::LeaseStore(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
LeaseStore::LeaseStore(LeaseStore&&) noexcept = default;
LeaseStore& LeaseStore::operator=(LeaseStore&&) noexcept = default;
LeaseStore::~LeaseStore() = default;

tl::expected<LeaseStore, HostError> LeaseStore::open(const fs::path& file)
{
    auto impl = std::make_unique<Impl>();
    impl->file = file;
    auto folder = trusted_folder(file.has_parent_path() ? file.parent_path() : fs::path{"."}, 0700);
    if (!folder) return of_store(folder.error());
    auto lock = lock_beside(folder->get(), file);
    if (!lock) return of_store(std::move(lock.error()));
    impl->lock = std::move(*lock);
    if (auto done = make_private(folder->get(), file); !done) return of_store(std::move(done.error()));
    if (auto connected = impl->connect(); !connected) return tl::unexpected{std::move(connected.error())};
    if (!make_reservation_table(impl->database.get())) return impl->error();
    sync_folder(folder->get());
    impl->kept = KeptFiles{std::move(*folder), without_links(file).parent_path()};
    for (const char* suffix : {"", ".lock", "-wal"})
        impl->kept.keep(file.filename().string() + suffix);
    return LeaseStore{std::move(impl)};
}

tl::expected<LeaseStore, HostError> LeaseStore::open_to_read(const fs::path& file)
{
    std::error_code missing;
    if (!fs::is_regular_file(file, missing))
        return tl::unexpected{HostError{HostError::Kind::store, "There is no lease file " + file.string() + ".",
                                        "Name the one of a server: leases-INTERFACE.sqlite in its --state-dir."}};
    // As root, SQLite would make a log and its index beside it, through whatever its owner has put there.
    const fs::path resolved = fs::canonical(file, missing);
    for (const char* suffix : {"", "-wal", "-shm"})
        if (auto reason = distrust_for_reading(resolved.string() + suffix)) return of_store(std::move(*reason));
    auto impl = std::make_unique<Impl>();
    impl->file = file;
    if (auto connected = impl->connect_to_read(); !connected) return tl::unexpected{std::move(connected.error())};
    return LeaseStore{std::move(impl)};
}

tl::expected<void, HostError> LeaseStore::read(const std::function<void(std::span<const server::Lease>)>& take) const
{
    const Statement rows = prepare(impl_->database.get(), kSelect);
    if (!rows) return impl_->error();
    std::vector<server::Lease> part(kPart); // used again and again: a row costs no allocation
    std::size_t filled = 0;
    std::int64_t last = -1;
    for (;;) {
        const int code = sqlite3_step(rows.get());
        if (filled == kPart || code == SQLITE_DONE) take(std::span{part}.first(std::exchange(filled, 0)));
        if (code == SQLITE_DONE) return {};
        if (code != SQLITE_ROW) return impl_->error();
        if (const auto whole = read_lease(rows.get(), part[filled]); !whole)
            return tl::unexpected{damaged(impl_->file, whole.error())};
        // The rows lie in order of their key; SQLite itself would not notice a page in the wrong place.
        const std::int64_t address = part[filled].address.value;
        if (address <= std::exchange(last, address)) return tl::unexpected{damaged(impl_->file, "its rows are out of order")};
        ++filled;
    }
}

tl::expected<server::LeaseTable, HostError> LeaseStore::load() const
{
    server::LeaseTable table;
    if (auto all = read([&](std::span<const server::Lease> part) { table.insert(table.end(), part.begin(), part.end()); }); !all)
        return tl::unexpected{std::move(all.error())};
    return table;
}

tl::expected<std::size_t, HostError> LeaseStore::count() const
{
    const auto rows = number(impl_->database.get(), "SELECT count(*) FROM binding");
    if (!rows) return impl_->error();
    return static_cast<std::size_t>(*rows);
}

tl::expected<void, HostError> LeaseStore::commit(std::span<const server::LeaseWrite> writes)
{
    if (writes.empty()) return {};
    // Before, so that nothing is stored that is refused and found later; and after, because the ACKs leave after.
    if (auto there = impl_->still_there(); !there) return there;
    if (run(impl_->begin)) {
        impl_->lay_out_log();
        if (impl_->write(writes) && run(impl_->commit)) return impl_->still_there();
    }
    auto failed = impl_->error();
    impl_->is_full = (sqlite3_errcode(impl_->database.get()) & 0xff) == SQLITE_FULL;
    run(impl_->rollback); // fails when SQLite has rolled back by itself: then there is nothing to do
    return failed;
}

tl::expected<RunClock, HostError> LeaseStore::begin_run(const MachineTime& machine)
{
    const auto clock = host::begin_run(impl_->database.get(), machine);
    if (!clock) return impl_->error();
    return *clock;
}

tl::expected<std::vector<server::Reservation>, HostError> LeaseStore::reservations() const
{
    auto all = read_reservations(impl_->database.get());
    if (all) return std::move(*all);
    if (all.error().empty()) return impl_->error();
    return tl::unexpected{damaged(impl_->file, all.error())};
}

tl::expected<void, HostError> LeaseStore::keep(const server::Reservation& reservation)
{
    if (auto there = impl_->still_there(); !there) return there;
    if (!put_reservation(impl_->database.get(), reservation)) return impl_->error();
    return impl_->still_there();
}

tl::expected<void, HostError> LeaseStore::forget(Ipv4Address address)
{
    if (auto there = impl_->still_there(); !there) return there;
    if (!drop_reservation(impl_->database.get(), address)) return impl_->error();
    return impl_->still_there();
}

tl::expected<void, HostError> LeaseStore::tidy()
{
    if (impl_->log_pages < impl_->tidy_at && !std::exchange(impl_->is_full, false)) return {};
    // PASSIVE waits for nobody: what somebody still reads stays in the log until the next time.
    int pages = 0, moved = 0;
    const int code = sqlite3_wal_checkpoint_v2(impl_->database.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
    const bool all = code == SQLITE_OK && moved == pages;
    impl_->tidy_at = all ? kLogPages : impl_->log_pages + kLogPages;
    if (all) impl_->log_pages = 0;
    if (code == SQLITE_OK || code == SQLITE_BUSY) return {};
    return impl_->error();
}

} // namespace dorascope::host
