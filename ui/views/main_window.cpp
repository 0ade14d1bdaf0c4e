// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/views/main_window.h"

#include "ui/charts/charts_page.h"
#include "ui/charts/timeline_strip.h"
#include "ui/models/time_text.h"
#include "ui/views/column_memory.h"
#include "ui/views/exchange_table.h"
#include "ui/views/inspector.h"
#include "ui/views/ladder_view.h"
#include "ui/views/leases_page.h"
#include "ui/views/live_page.h"
#include "ui/views/notice_bar.h"
#include "ui/views/order_bar.h"
#include "ui/views/serve_panel.h"
#include "ui/views/servers_page.h"
#include "ui/views/sidebar.h"
#include "ui/views/status_strip.h"
#include "ui/views/texts.h"
#include "ui/views/top_bar.h"
#include "ui/views/welcome_panel.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QMimeData>
#include <QScreen>
#include <QShortcut>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace dorascope::ui {
namespace {

/// What a window manager puts around a window, about: on a small screen the status must not lie below its edge.
constexpr QSize kFrame{8, 40};

} // namespace

MainWindow::MainWindow(models::Scope& scope, SourceControl& control, QSettings& settings, QWidget* parent)
    : QWidget(parent), scope_(scope), control_(control), settings_(settings), top_(new TopBar(scope, control_)),
      sidebar_(new Sidebar), notice_(new NoticeBar), trouble_(new NoticeBar), question_(new OrderBar), welcome_(new WelcomePanel),
      pages_(new QStackedWidget), live_(new LivePage(scope)), leases_(new LeasesPage(scope, control_)),
      servers_(new ServersPage(scope)), charts_(new ChartsPage(scope)), serve_(new ServePanel(control_)),
      sides_(new QSplitter(Qt::Horizontal)), inspector_(new Inspector(scope)), timeline_(new TimelineStrip(scope)),
      status_(new StatusStrip(scope, control_))
{
    setWindowTitle(tr("DoraScope"));
    setAcceptDrops(true);
    build();
    connectAll();
    addShortcuts();
    restore();
    showPage(live);
    refreshCounts();
    explainEmptiness();
    live_->setFocus();
}

MainWindow::~MainWindow() = default;

QWidget* MainWindow::content()
{
    for (QWidget* const page : std::initializer_list<QWidget*>{live_, leases_, servers_, charts_, serve_})
        pages_->addWidget(page);
    sides_->addWidget(pages_);
    sides_->addWidget(inspector_);
    sides_->setHandleWidth(14);
    sides_->setStretchFactor(0, 1);
    sides_->setStretchFactor(1, 0);
    sides_->setChildrenCollapsible(false);
    sides_->setSizes({880, 346});
    auto* const strip = new Card;
    strip->body()->setContentsMargins(6, 4, 6, 4);
    strip->body()->addWidget(timeline_);
    auto* const area = new QWidget;
    auto* const column = new QVBoxLayout(area);
    column->setContentsMargins(16, 14, 14, 8);
    column->setSpacing(12);
    column->addWidget(question_);
    column->addWidget(trouble_);
    column->addWidget(notice_);
    column->addWidget(welcome_);
    column->addWidget(sides_, 1);
    column->addWidget(strip);
    return area;
}

void MainWindow::build()
{
    sidebar_->addPage(tr("Live"), QStringLiteral("Ctrl+1"));
    sidebar_->addPage(tr("Leases"), QStringLiteral("Ctrl+2"));
    sidebar_->addPage(tr("Servers"), QStringLiteral("Ctrl+3"));
    sidebar_->addPage(tr("Charts"), QStringLiteral("Ctrl+4"));
    sidebar_->setFixedWidth(168);
    trouble_->ignoreEscape();
    auto* const middle = new QHBoxLayout;
    middle->setSpacing(0);
    middle->addWidget(sidebar_);
    middle->addWidget(content(), 1);
    auto* const layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(top_);
    layout->addLayout(middle, 1);
    layout->addWidget(status_);
}

void MainWindow::connectAll()
{
    connect(sidebar_, &Sidebar::chosen, this, [this](int page) { showPage(static_cast<Page>(page)); });
    connect(top_, &TopBar::openCaptureRequested, this, &MainWindow::openCaptureDialog);
    connect(top_, &TopBar::serveRequested, this, [this] { showPage(servePage); });
    connect(top_, &TopBar::inspectorToggled, this, [this] { inspector_->setVisible(inspector_->isHidden()); });
    connect(top_, &TopBar::themeRequested, this, &MainWindow::cycleTheme);
    connect(serve_, &ServePanel::closed, this, [this] { showPage(before_); });
    connect(serve_, &ServePanel::started, this, [this] { showPage(live); });
    connect(sides_, &QSplitter::splitterMoved, this, [this] { sidesChosen_ = true; });
    connect(&control_, &ServeGuard::asked, this,
            [this](const QString& question, const QString& button, const std::function<void()>& act) {
                question_->ask(question, button, act);
            });
    connect(&control_, &SourceControl::sourceChanged, question_, &OrderBar::dismiss);
    connect(&control_, &SourceControl::failed, notice_, &NoticeBar::show);
    connect(&control_, &SourceControl::sourceChanged, this, &MainWindow::onSource);
    connect(&control_, &SourceControl::statusChanged, this, &MainWindow::refreshCounts);
    connect(&control_, &SourceControl::statusChanged, this, &MainWindow::explainEmptiness);
    connect(&control_, &SourceControl::statusChanged, this, &MainWindow::tellTrouble);
    connect(&scope_, &models::Scope::advanced, this, &MainWindow::refreshCounts);
    connect(&scope_, &models::Scope::advanced, this, &MainWindow::guide);
    connect(&scope_, &models::Scope::reset, this, &MainWindow::refreshCounts);
    connect(welcome_, &WelcomePanel::dismissed, this, &MainWindow::dismissWelcome);
    connect(welcome_, &WelcomePanel::watchLab, this, [this] {
        dismissWelcome();
        showPage(live);
        if (control_.status().kind != SourceKind::lab) control_.openLab(QStringLiteral("three-clients"));
    });
    connect(welcome_, &WelcomePanel::serve, this, [this] {
        dismissWelcome();
        showPage(servePage);
    });
    connect(welcome_, &WelcomePanel::openCapture, this, &MainWindow::openCaptureDialog);
}

void MainWindow::addShortcuts()
{
    const auto on = [this](const QKeySequence& keys, auto action) {
        auto* const shortcut = new QShortcut(keys, this);
        connect(shortcut, &QShortcut::activated, this, action);
    };
    for (int page = live; page < servePage; ++page)
        on(QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + page)), [this, page] { showPage(static_cast<Page>(page)); });
    on(QKeySequence::Open, [this] { openCaptureDialog(); });
    on(QKeySequence::Find, [this] {
        top_->filter().setFocus(Qt::ShortcutFocusReason);
        top_->filter().selectAll();
    });
    on(QKeySequence::Quit, [this] { close(); });
    on(QKeySequence(Qt::CTRL | Qt::Key_Period), [this] { control_.stop(); });
    for (int tab = Inspector::why; tab <= Inspector::bytes; ++tab)
        on(QKeySequence(Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + tab)), [this, tab] {
            inspector_->show();
            inspector_->showTab(static_cast<Inspector::Tab>(tab));
        });
}

void MainWindow::showPage(Page page)
{
    if (page == servePage) {
        if (this->page() != servePage) before_ = this->page();
        serve_->prepare();
    }
    pages_->setCurrentIndex(page);
    if (page == servePage) welcome_->hide(); // whoever serves needs the room
    sidebar_->choose(page == servePage ? -1 : page);
}

MainWindow::Page MainWindow::page() const { return static_cast<Page>(pages_->currentIndex()); }

void MainWindow::openCaptureDialog()
{
    const QString folder = settings_.value(QStringLiteral("captureFolder")).toString();
    const QString path = QFileDialog::getOpenFileName(this, tr("Open a capture"), folder,
                                                      tr("Captures (*.pcap *.pcapng *.cap *.dmp);;All files (*)"));
    if (path.isEmpty()) return;
    settings_.setValue(QStringLiteral("captureFolder"), QFileInfo(path).absolutePath());
    dismissWelcome();
    showPage(live);
    control_.openCapture(path);
}

void MainWindow::cycleTheme()
{
    // What a click promises is the other of the two; "as the system" comes back when that is what the system has.
    Theme& theme = Theme::current();
    theme.setAppearance(theme.isDark() ? Appearance::light : Appearance::dark);
    settings_.setValue(QStringLiteral("theme"), theme.isDark() ? QStringLiteral("dark") : QStringLiteral("light"));
}

void MainWindow::setWelcomeVisible(bool visible) { welcome_->setVisible(visible); }

void MainWindow::dismissWelcome()
{
    welcome_->hide();
    settings_.setValue(QStringLiteral("welcomed"), true);
}

void MainWindow::onSource()
{
    notice_->hide();
    const SourceStatus status = control_.status();
    guiding_ = status.kind == SourceKind::lab && !status.crowd;
    if (status.kind != SourceKind::lab) welcome_->hide(); // it speaks of the virtual LAN
    if (page() == servePage) showPage(live); // somebody chose to see something else
    setWindowTitle(status.title.isEmpty() ? tr("DoraScope") : tr("%1 \u2013 DoraScope").arg(status.title));
    rememberSource();
    explainEmptiness();
}

/// A source in which there was nothing says so, instead of promising that something will come.
void MainWindow::explainEmptiness()
{
    const SourceStatus status = control_.status();
    QString words = tr("No DHCP message yet. The first one appears here as it is seen.");
    if (status.kind == SourceKind::none)
        words = tr("Choose a source, above at the left: the virtual LAN, an interface, or a capture file.");
    else if (!status.running)
        words = status.frames == 0 ? tr("There is no frame in it.")
                                   : tr("There is no DHCP message in it (frames read: %1).").arg(grouped(status.frames));
    live_->ladder().setEmptyText(words);
}

/// The newest trouble of the server that runs here, until it is over or closed. What came before it stands in the status bar's list.
void MainWindow::tellTrouble()
{
    const SourceStatus status = control_.status();
    const auto newest = std::find_if(status.notices.rbegin(), status.notices.rend(), [](const Notice& n) { return n.stands; });
    if (!status.running || newest == status.notices.rend()) {
        told_.reset();
        return trouble_->hide();
    }
    if (told_ == *newest) return;
    const bool closed = told_ && told_->at == newest->at && trouble_->isHidden(); // the same, with newer words
    told_ = *newest;
    if (closed) return;
    const auto end = newest->text.indexOf(QStringLiteral(". "));
    const QString what = end < 0 ? newest->text : newest->text.left(end + 1),
                  rest = end < 0 ? QString() : newest->text.mid(end + 2);
    const QString since = tr("Since %1.").arg(models::clockTextSeconds(newest->at));
    trouble_->warn({what, rest.isEmpty() ? since : rest + QLatin1Char(' ') + since, {}});
}

void MainWindow::rememberSource()
{
    const SourceStatus status = control_.status();
    if (status.kind == SourceKind::lab) settings_.setValue(QStringLiteral("scenario"), status.name);
}

/// Somebody new looks at an empty inspector. The lab's second offer is chosen for them: the first for which an address was passed over.
void MainWindow::guide(const observe::Changes& changes)
{
    if (!guiding_ || changes.messages.empty()) return;
    const auto messages = scope_.state().messages();
    int offers = 0;
    for (const observe::Message& message : messages.first(std::min<std::size_t>(messages.size(), 64))) {
        if (message.type != MessageType::offer || ++offers < 2) continue;
        guiding_ = false;
        if (scope_.selection() == models::Selection{})
            scope_.selectMessage(static_cast<observe::MessageId>(&message - messages.data()));
        return;
    }
    if (messages.size() > 64) guiding_ = false;
}

void MainWindow::refreshCounts()
{
    const observe::LanState& state = scope_.state();
    const std::size_t bound = state.bound_count(), seen = state.servers().size();
    sidebar_->button(leases).setCount(bound > 0 ? grouped(bound) : QString());
    sidebar_->button(MainWindow::servers).setCount(seen > 0 ? grouped(seen) : QString());
}

void MainWindow::restore()
{
    if (!restoreGeometry(settings_.value(QStringLiteral("geometry")).toByteArray()))
        resize(QSize(1440, 900).boundedTo(screen()->availableSize() - kFrame));
    setMinimumSize(900, 600);
    live_->table().columns().restore(settings_);
    leases_->columns().restore(settings_);
    sidesChosen_ = sides_->restoreState(settings_.value(QStringLiteral("sides")).toByteArray());
    live_->splitter().restoreState(settings_.value(QStringLiteral("liveSplit")).toByteArray());
    inspector_->setVisible(settings_.value(QStringLiteral("inspector"), true).toBool());
    welcome_->setVisible(!settings_.value(QStringLiteral("welcomed"), false).toBool());
}

void MainWindow::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    const bool narrow = width() < 1200;
    welcome_->setCompact(height() < 800);
    sidebar_->setFixedWidth(narrow ? 140 : 168);
    if (sidesChosen_) return; // by a person: left as it is
    const int side = std::clamp(width() * 24 / 100, 276, 360);
    sides_->setSizes({width() - side, side});
}

void MainWindow::leave()
{
    leaving_ = true;
    close();
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    if (!leaving_ && control_.isServing()) {
        event->ignore();
        control_.beforeStopping(
            tr("Closing the window stops the server: clients keep their addresses until their leases end, but "
               "nobody renews them."),
            tr("Stop serving and close"), [this] { leave(); });
        return;
    }
    settings_.setValue(QStringLiteral("geometry"), saveGeometry());
    if (sidesChosen_) settings_.setValue(QStringLiteral("sides"), sides_->saveState());
    settings_.setValue(QStringLiteral("liveSplit"), live_->splitter().saveState());
    settings_.setValue(QStringLiteral("inspector"), !inspector_->isHidden());
    live_->table().columns().save(settings_);
    leases_->columns().save(settings_);
    QWidget::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (urls.size() == 1 && urls.first().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event)
{
    const auto urls = event->mimeData()->urls();
    if (urls.size() != 1) return;
    event->acceptProposedAction();
    dismissWelcome();
    showPage(live);
    control_.openCapture(urls.first().toLocalFile());
}

} // namespace dorascope::ui
