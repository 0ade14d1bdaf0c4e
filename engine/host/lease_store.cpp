// SPDX-License-Identifier: GPL-3.0-or-later
#include "engine/host/lease_store.h"

#include "engine/host/lease_row.h"
#include "engine/host/privileged.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

namespace dorascope::host {
namespace {

namespace fs = std::filesystem;
using Kind = HostError::Kind;

constexpr int kApplicationId = 0x446f5261; // "DoRa": file(1) and we tell it from other databases
constexpr int kSchema = 1; // user_version

// One row an address that has a history. Times are nanoseconds since 1970 in UTC, expires NULL for ever; the view `leases` shows them
// as dates. `client` is what the server tells clients apart by (RFC 2131 §4.2): option 61, or htype and chaddr.
constexpr const char* kCreate = R"(
CREATE TABLE lease (
    address       TEXT PRIMARY KEY NOT NULL,
    state         TEXT NOT NULL,
    client_kind   TEXT NOT NULL,
    client        TEXT NOT NULL,
    hardware_type INTEGER NOT NULL,
    hardware      TEXT NOT NULL,
    hostname      TEXT NOT NULL,
    vendor_class  TEXT NOT NULL,
    since         INTEGER NOT NULL,
    renewed       INTEGER NOT NULL,
    expires       INTEGER
) STRICT, WITHOUT ROWID;
CREATE VIEW leases AS SELECT
    address, state, hardware, iif(client_kind = 'identifier', client, NULL) AS client_id, hostname, vendor_class,
    strftime('%Y-%m-%dT%H:%M:%SZ', since / 1000000000, 'unixepoch') AS since,
    strftime('%Y-%m-%dT%H:%M:%SZ', renewed / 1000000000, 'unixepoch') AS renewed,
    coalesce(strftime('%Y-%m-%dT%H:%M:%SZ', expires / 1000000000, 'unixepoch'), 'never') AS expires
FROM lease;
)";
constexpr const char* kUpsert =
    "INSERT INTO lease VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT (address) DO UPDATE SET "
    "state = ?2, client_kind = ?3, client = ?4, hardware_type = ?5, hardware = ?6, hostname = ?7, "
    "vendor_class = ?8, since = ?9, renewed = ?10, expires = ?11";
constexpr const char* kDelete = "DELETE FROM lease WHERE address = ?1";
constexpr const char* kSelect =
    "SELECT address, state, client_kind, client, hardware_type, hardware, hostname, vendor_class, since, "
    "renewed, expires FROM lease";

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

HostError store_error(std::string problem, std::string remedy) { return {Kind::store, std::move(problem), std::move(remedy)}; }

HostError damaged(const fs::path& file, const std::string& how)
{
    return store_error("The lease file " + file.string() + " is damaged: " + how + ".",
                       "Move it away and start again with an empty one (clients keep their addresses by asking for them): mv '"
                           + file.string() + "' '" + file.string() + ".damaged'");
}

/// What SQLite's answer means here.
HostError explain(const fs::path& file, int code, const std::string& words)
{
    const std::string name = file.string();
    switch (code & 0xff) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return damaged(file, words);
    case SQLITE_FULL:
        return store_error("No room is left for the lease file " + name + ".", "Free some space on that file system.");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
    case SQLITE_AUTH:
        return store_error("The lease file " + name + " cannot be written: " + words + ".",
                           "Make it and its folder writable for you, or name another folder with --state-dir.");
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return store_error("The lease file " + name + " is locked by another program.",
                           "Close the program that has it open for writing.");
    case SQLITE_IOERR:
        return store_error("The lease file " + name + " cannot be read or written: " + words + ".",
                           "See whether the disk is full or failing (df, dmesg).");
    default: return store_error("The lease file " + name + " cannot be used: " + words + ".", "");
    }
}

tl::expected<void, HostError> make_folder(const fs::path& folder)
{
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) return {};
    return tl::unexpected{store_error("The folder " + folder.string() + " cannot be made: " + error.message() + ".",
                                      "Make it writable for you, or name another folder with --state-dir.")};
}

/// SQLite itself lets two writers take turns; two servers handing out one pool must not. The lock goes with the process, however it ends.
tl::expected<Descriptor, HostError> lock_beside(const fs::path& file)
{
    const std::string name = file.string() + ".lock";
    Descriptor lock{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)};
    if (!lock)
        return tl::unexpected{store_error("The lock file " + name + " cannot be opened: " + std::strerror(errno) + ".",
                                          "Make it and its folder writable for you, or name another folder with --state-dir.")};
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

/// The names of new files are in the folder, which has to reach the disk too.
void sync_folder(const fs::path& folder)
{
    const Descriptor opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
    if (opened) ::fsync(opened.get());
}

} // namespace

struct LeaseStore::Impl {
    fs::path file;
    Descriptor lock;
    Database database;
    Statement upsert, remove;

    tl::unexpected<HostError> error() const
    {
        return tl::unexpected{explain(file, sqlite3_extended_errcode(database.get()), sqlite3_errmsg(database.get()))};
    }
    bool execute(const char* sql) { return sqlite3_exec(database.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK; }
    /// The one integer that a statement yields.
    std::optional<std::int64_t> number(const char* sql)
    {
        const Statement statement = prepare(sql);
        if (!statement || sqlite3_step(statement.get()) != SQLITE_ROW) return std::nullopt;
        return sqlite3_column_int64(statement.get(), 0);
    }
    Statement prepare(const char* sql) const
    {
        sqlite3_stmt* statement = nullptr;
        sqlite3_prepare_v2(database.get(), sql, -1, &statement, nullptr);
        return Statement{statement};
    }

    tl::expected<void, HostError> connect();
    tl::expected<void, HostError> check_schema();
    tl::expected<void, HostError> create_schema();
    bool write(std::span<const server::LeaseWrite> writes);
};

tl::expected<void, HostError> LeaseStore::Impl::connect()
{
    sqlite3* opened = nullptr;
    const int code =
        sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    database.reset(opened);
    if (code != SQLITE_OK) return error();
    sqlite3_extended_result_codes(opened, 1);
    sqlite3_busy_timeout(opened, 1000); // somebody looks into it with the sqlite3 shell
    // FULL: in WAL mode every commit syncs the log, so an ACK that left is on disk (DESIGN: Persistence).
    if (!execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF")) return error();
    return check_schema();
}

tl::expected<void, HostError> LeaseStore::Impl::check_schema()
{
    const auto application = number("PRAGMA application_id");
    const auto schema = number("PRAGMA user_version");
    const auto tables = number("SELECT count(*) FROM sqlite_schema");
    if (!application || !schema || !tables) return error();
    if (*application == 0 && *schema == 0 && *tables == 0) return create_schema();
    if (*application != kApplicationId)
        return tl::unexpected{store_error("The file " + file.string() + " is a database, but not one of DoraScope's leases.",
                                          "Name another folder with --state-dir.")};
    if (*schema > kSchema)
        return tl::unexpected{store_error("The lease file " + file.string() + " was written by a newer DoraScope (schema "
                                              + std::to_string(*schema) + ", this one knows " + std::to_string(kSchema) + ").",
                                          "Use that version, or name another folder with --state-dir.")};
    return {};
}

tl::expected<void, HostError> LeaseStore::Impl::create_schema()
{
    const std::string all = "BEGIN IMMEDIATE;" + std::string{kCreate} + "PRAGMA application_id = "
        + std::to_string(kApplicationId) + "; PRAGMA user_version = " + std::to_string(kSchema) + "; COMMIT";
    if (!execute(all.c_str())) return error();
    return {};
}

bool LeaseStore::Impl::write(std::span<const server::LeaseWrite> writes)
{
    for (const auto& write : writes) {
        sqlite3_stmt* const statement = write.erase ? remove.get() : upsert.get();
        if (write.erase) {
            bind_address(statement, write.lease.address);
        } else {
            bind_lease(statement, write.lease);
        }
        const bool stored = sqlite3_step(statement) == SQLITE_DONE;
        if (sqlite3_reset(statement) != SQLITE_OK || !stored) return false;
    }
    return true;
}

LeaseStore::LeaseStore(std::unique_ptr<Impl> impl) : impl_{std::move(impl)} { }
LeaseStore::LeaseStore(LeaseStore&&) noexcept = default;
LeaseStore& LeaseStore::operator=(LeaseStore&&) noexcept = default;
LeaseStore::~LeaseStore() = default;

tl::expected<LeaseStore, HostError> LeaseStore::open(const fs::path& file)
{
    auto impl = std::make_unique<Impl>();
    impl->file = file;
    const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path{"."};
    if (auto made = make_folder(folder); !made) return tl::unexpected{std::move(made.error())};
    auto lock = lock_beside(file);
    if (!lock) return tl::unexpected{std::move(lock.error())};
    impl->lock = std::move(*lock);
    if (auto connected = impl->connect(); !connected) return tl::unexpected{std::move(connected.error())};
    impl->upsert = impl->prepare(kUpsert);
    impl->remove = impl->prepare(kDelete);
    if (!impl->upsert || !impl->remove) return impl->error();
    sync_folder(folder);
    return LeaseStore{std::move(impl)};
}

tl::expected<server::LeaseTable, HostError> LeaseStore::load() const
{
    const Statement rows = impl_->prepare(kSelect);
    if (!rows) return impl_->error();
    server::LeaseTable table;
    for (;;) {
        const int code = sqlite3_step(rows.get());
        if (code == SQLITE_DONE) return table;
        if (code != SQLITE_ROW) return impl_->error();
        auto lease = read_lease(rows.get());
        if (!lease) return tl::unexpected{damaged(impl_->file, lease.error())};
        table.push_back(std::move(*lease));
    }
}

tl::expected<void, HostError> LeaseStore::commit(std::span<const server::LeaseWrite> writes)
{
    if (writes.empty()) return {};
    if (impl_->execute("BEGIN IMMEDIATE") && impl_->write(writes) && impl_->execute("COMMIT")) return {};
    auto failed = impl_->error();
    impl_->execute("ROLLBACK"); // fails when SQLite has rolled back by itself: then there is nothing to do
    return failed;
}

} // namespace dorascope::host
