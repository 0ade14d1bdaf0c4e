// SPDX-License-Identifier: GPL-3.0-or-later
// The window: toolbar, pages, inspector, timeline, status. It lays them out and says which is shown; what they show is the scope's.
#pragma once

#include "ui/models/scope.h"
#include "ui/theme/theme.h"
#include "ui/views/serve_guard.h"

#include <QSettings>
#include <QWidget>

class QSplitter;
class QStackedWidget;

namespace dorascope::ui {

class ChartsPage;
class Inspector;
class LeasesPage;
class LivePage;
class NoticeBar;
class OrderBar;
class ServePanel;
class ServersPage;
class Sidebar;
class StatusStrip;
class TimelineStrip;
class TopBar;
class WelcomePanel;

class MainWindow : public QWidget {
    Q_OBJECT
public:
    enum Page { live, leases, servers, charts, servePage, pageCount };
    /// `settings` outlives the window; geometry, theme and what else is remembered are read from it and written to it.
    MainWindow(models::Scope& scope, SourceControl& control, QSettings& settings, QWidget* parent = nullptr);
    ~MainWindow() override;

    void showPage(Page page);
    Page page() const;
    void openCaptureDialog();
    void cycleTheme();
    void setWelcomeVisible(bool visible);
    /// Closes without a question: when the system ends the program, there is nobody to answer.
    void leave();

    LivePage& livePage() { return *live_; }
    LeasesPage& leasesPage() { return *leases_; }
    ServePanel& servePanel() { return *serve_; }
    Inspector& inspector() { return *inspector_; }
    TopBar& topBar() { return *top_; }
    NoticeBar& notice() { return *notice_; }
    NoticeBar& trouble() { return *trouble_; }
    OrderBar& question() { return *question_; }
    StatusStrip& statusStrip() { return *status_; }
    Sidebar& sidebar() { return *sidebar_; }
    WelcomePanel& welcome() { return *welcome_; }

protected:
    void closeEvent(QCloseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    void build();
    void connectAll();
    void addShortcuts();
    void restore();
    void onSource();
    void explainEmptiness();
    void tellTrouble();
    void rememberSource();
    void guide(const observe::Changes& changes);
    void refreshCounts();
    void dismissWelcome();
    QWidget* content();

    models::Scope& scope_;
    ServeGuard control_; ///< what all views use
    QSettings& settings_;
    TopBar* top_;
    Sidebar* sidebar_;
    NoticeBar* notice_;
    NoticeBar* trouble_; ///< of the server that runs here, while it stands
    std::optional<Notice> told_; ///< the last one shown there; closed, it stays closed
    OrderBar* question_; ///< before the server is stopped in passing
    WelcomePanel* welcome_;
    QStackedWidget* pages_;
    LivePage* live_;
    LeasesPage* leases_;
    ServersPage* servers_;
    ChartsPage* charts_;
    ServePanel* serve_;
    QSplitter* sides_;
    Inspector* inspector_;
    TimelineStrip* timeline_;
    StatusStrip* status_;
    bool leaving_ = false; ///< closing was confirmed
    bool guiding_ = false; ///< nobody has chosen anything since the lab started
    bool sidesChosen_ = false; ///< somebody has moved the splitter
    Page before_ = live; ///< the page to return to from the serve panel
};

} // namespace dorascope::ui
