// SPDX-License-Identifier: GPL-3.0-or-later
// What the views may ask of whoever holds the sources: start, stop, open, serve. Session implements it; the views know only this.
#pragma once

#include "engine/server/config.h"
#include "engine/wire/address.h"

#include <QList>
#include <QObject>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <optional>

namespace dorascope::ui {

enum class SourceKind : std::uint8_t { none, lab, file, pipe, watch, serve };

/// How fast the virtual LAN's time passes.
enum class Pace : std::uint8_t {
    watchable, ///< handshakes in slow motion, idle time skipped
    realTime,
    fast, ///< a minute a second
};

struct ScenarioChoice {
    QString name; ///< "three-clients"
    QString title; ///< "Three clients ask at the same moment"
};

/// An interface as a person chooses it.
struct InterfaceChoice {
    QString name;
    bool up = false, carrier = false, ethernet = false, loopback = false;
    std::optional<Ipv4Address> address; ///< the first
    Ipv4Prefix prefix;
};

/// Something went wrong: what and why, and what to do. `command`, when there is one, is offered for copying.
struct Problem {
    QString what;
    QString remedy;
    QString command;
};

/// What the server that runs here has to say: a trouble, or that it is over.
struct Notice {
    Instant at{};
    QString text; ///< whole sentences
    bool stands = true; ///< not over, as far as is known
    bool operator==(const Notice&) const = default;
};

/// What the server that runs here did not make a stored and sent answer of, for one reason.
struct DropCount {
    QString words; ///< "damaged", "with no address left": "12 WORDS"
    std::uint64_t count = 0;
};

struct SourceStatus {
    SourceKind kind = SourceKind::none;
    QString name; ///< scenario, file path or interface: what opens it again
    QString title; ///< "Virtual LAN · 3 clients", "office.pcap"
    bool running = false; ///< more frames may come
    bool paused = false;
    Pace pace = Pace::watchable;
    bool crowd = false; ///< a lab of more clients than can be followed one by one
    std::uint64_t frames = 0;
    std::uint64_t kernelDrops = 0, queueDrops = 0;
    double framesPerSecond = 0;
    QString serving; ///< "Serving 192.168.1.100–200 on virt0"; empty when nothing is served
    std::optional<double> progress; ///< 0 … 1 while a file is being read
    bool takesOrders = false; ///< a server of this window runs: see SourceControl::order()
    QString configFile; ///< that it can read again; empty: none
    QList<Notice> notices; ///< newest last; at most some hundred
    QList<DropCount> serverDrops; ///< beside the kernel's; none of 0
    QList<DropCount> unanswered; ///< understood, and yet without an answer; none of 0
    QString stopsAt; ///< "15:04" when it ends by itself; empty: never
};

/// What a person orders of the server that runs here, about one address.
enum class LeaseOrder : std::uint8_t { release, erase, reserve, unreserve, clearQuarantine };

struct ServeRequest {
    QString interface;
    server::Config config;
    QString file; ///< that `config` was read from; empty: from the form
    std::optional<Duration> stopAfter; ///< dead-man's switch
};

/// A configuration file as it was read: the configuration, or every one of its errors at once.
struct ConfigReading {
    std::optional<server::Config> config;
    std::optional<Problem> problem;
};

class SourceControl : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    virtual QList<ScenarioChoice> scenarios() const = 0;
    virtual QList<InterfaceChoice> interfaces() const = 0;
    virtual SourceStatus status() const = 0;

    virtual void openLab(const QString& scenario) = 0;
    virtual void openCapture(const QString& path) = 0; ///< "-" is standard input
    virtual void watch(const QString& interface) = 0;
    virtual void serve(const ServeRequest& request) = 0;
    /// Ends a capture, a file being read or serving. What was recorded stays on screen.
    virtual void stop() = 0;

    /// Carried out by the server in its own time; ordered() or failed() says how it went. `reserve` is for whoever had the address last.
    virtual void order(LeaseOrder order, Ipv4Address address) = 0;
    /// By an order to the server that runs here, which can be taken back; what its file reserves stays the file's.
    virtual bool isReserved(Ipv4Address address) const = 0;
    /// The configuration file once more; reloaded() or failed() with every error, and nothing is changed.
    virtual void reload() = 0;
    /// What the server that runs here has in force, as TOML, with the reservations that were ordered; empty: none runs.
    virtual QString configuration() const = 0;
    virtual ConfigReading readConfig(const QString& path) const = 0;
    /// What can be served on `interface` (empty: on any), but is hardly meant so.
    virtual QStringList doubts(const server::Config& config, const QString& interface) const = 0;

    virtual void setPaused(bool paused) = 0; ///< the lab's time
    virtual void setPace(Pace pace) = 0;
    virtual void step() = 0; ///< the lab's next frame

    /// What stands between this machine and serving on `interface`; nothing when all is well.
    virtual std::optional<Problem> preflight(const QString& interface) const = 0;

signals:
    void statusChanged(); ///< a few times a second while running, and at once when it matters
    void sourceChanged(); ///< another source altogether
    void failed(const dorascope::ui::Problem& problem);
    void ordered(dorascope::ui::LeaseOrder order, dorascope::Ipv4Address address, const QString& said);
    void reloaded(const QString& said);
};

} // namespace dorascope::ui
