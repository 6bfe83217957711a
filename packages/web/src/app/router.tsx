import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { ApiProblem } from '../client/api-problem.js';
import { LoadingNote } from '../display/notes.js';
import { sessionQuery } from '../session/use-session.js';
import { FailurePage, NotFoundPage } from './failure-page.js';
import {
  auditSearch,
  campaignsSearch,
  changesSearch,
  compareSearch,
  discoveredSearch,
  errorsSearch,
  explainSearch,
  newCampaignSearch,
  schedulesSearch,
  signInSearch,
  urlLinksSearch,
  urlsSearch,
} from './searches.js';
import { Shell } from './shell.js';

interface AppContext {
  readonly cache: QueryClient;
}

const root = createRootRouteWithContext<AppContext>()({ component: Outlet, notFoundComponent: NotFoundPage });

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: signInSearch,
  component: lazyRouteComponent(() => import('../session/sign-in-page.js'), 'SignInPage'),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: '/welcome',
  component: lazyRouteComponent(() => import('../session/welcome-page.js'), 'WelcomePage'),
});

/** Everything that needs a session. */
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.cache.ensureQueryData(sessionQuery());
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.status !== 401) throw error;
      throw redirect({ to: '/sign-in', search: { to: location.href } });
    }
  },
});

const index = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/campaigns' });
  },
});
const campaigns = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns',
  validateSearch: campaignsSearch,
  component: lazyRouteComponent(() => import('../campaigns/campaigns-page.js'), 'CampaignsPage'),
});
const newCampaign = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/new',
  validateSearch: newCampaignSearch,
  component: lazyRouteComponent(() => import('../campaigns/new-campaign-page.js'), 'NewCampaignPage'),
});
const compareCampaigns = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/compare',
  validateSearch: compareSearch,
  component: lazyRouteComponent(
    () => import('../comparison/compare-campaigns-page.js'),
    'CompareCampaignsPage',
  ),
});
const campaign = createRoute({
  getParentRoute: () => inside,
  path: '/campaigns/$id',
  component: lazyRouteComponent(() => import('../campaigns/campaign-layout.js'), 'CampaignLayout'),
});
const campaignLive = createRoute({
  getParentRoute: () => campaign,
  path: '/',
  component: lazyRouteComponent(() => import('../campaigns/live-tab.js'), 'LiveTab'),
});
const campaignPlan = createRoute({
  getParentRoute: () => campaign,
  path: '/plan',
  component: lazyRouteComponent(() => import('../campaigns/plan-tab.js'), 'PlanTab'),
});
const campaignEdit = createRoute({
  getParentRoute: () => campaign,
  path: '/edit',
  component: lazyRouteComponent(() => import('../campaigns/edit-tab.js'), 'EditTab'),
});
const campaignCompare = createRoute({
  getParentRoute: () => campaign,
  path: '/compare',
  validateSearch: compareSearch.pick({ ids: true }),
  component: lazyRouteComponent(() => import('../comparison/compare-tab.js'), 'CompareTab'),
});
const campaignSchedules = createRoute({
  getParentRoute: () => campaign,
  path: '/schedules',
  component: lazyRouteComponent(() => import('../schedules/schedules-tab.js'), 'SchedulesTab'),
});

const execution = createRoute({
  getParentRoute: () => inside,
  path: '/executions/$id',
  component: lazyRouteComponent(() => import('../executions/execution-layout.js'), 'ExecutionLayout'),
});
const executionCoverage = createRoute({
  getParentRoute: () => execution,
  path: '/',
  component: lazyRouteComponent(() => import('../executions/coverage-tab.js'), 'CoverageTab'),
});
const executionUrls = createRoute({
  getParentRoute: () => execution,
  path: '/urls',
  validateSearch: urlsSearch,
  component: lazyRouteComponent(() => import('../executions/urls-tab.js'), 'UrlsTab'),
});
const executionUrl = createRoute({
  getParentRoute: () => execution,
  path: '/urls/$key',
  validateSearch: urlLinksSearch,
  component: lazyRouteComponent(() => import('../executions/url-page.js'), 'UrlPage'),
});
const executionDiscovered = createRoute({
  getParentRoute: () => execution,
  path: '/discovered',
  validateSearch: discoveredSearch,
  component: lazyRouteComponent(() => import('../executions/discovered-tab.js'), 'DiscoveredTab'),
});
const executionErrors = createRoute({
  getParentRoute: () => execution,
  path: '/errors',
  validateSearch: errorsSearch,
  component: lazyRouteComponent(() => import('../executions/errors-tab.js'), 'ErrorsTab'),
});
const executionChanges = createRoute({
  getParentRoute: () => execution,
  path: '/changes',
  validateSearch: changesSearch,
  component: lazyRouteComponent(() => import('../comparison/changes-tab.js'), 'ChangesTab'),
});
const executionStructure = createRoute({
  getParentRoute: () => execution,
  path: '/structure',
  component: lazyRouteComponent(() => import('../executions/structure-tab.js'), 'StructureTab'),
});
const executionExplain = createRoute({
  getParentRoute: () => execution,
  path: '/explain',
  validateSearch: explainSearch,
  component: lazyRouteComponent(() => import('../executions/explain-tab.js'), 'ExplainTab'),
});

const schedules = createRoute({
  getParentRoute: () => inside,
  path: '/schedules',
  validateSearch: schedulesSearch,
  component: lazyRouteComponent(() => import('../schedules/schedules-page.js'), 'SchedulesPage'),
});
const schedule = createRoute({
  getParentRoute: () => inside,
  path: '/schedules/$id',
  component: lazyRouteComponent(() => import('../schedules/schedule-page.js'), 'SchedulePage'),
});
const fleet = createRoute({
  getParentRoute: () => inside,
  path: '/fleet',
  component: lazyRouteComponent(() => import('../fleet/fleet-page.js'), 'FleetPage'),
});
const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  validateSearch: auditSearch,
  component: lazyRouteComponent(() => import('../settings/settings-page.js'), 'SettingsPage'),
});

const routeTree = root.addChildren([
  signIn,
  welcome,
  inside.addChildren([
    index,
    campaigns,
    newCampaign,
    compareCampaigns,
    campaign.addChildren([campaignLive, campaignPlan, campaignEdit, campaignSchedules, campaignCompare]),
    execution.addChildren([
      executionCoverage,
      executionUrls,
      executionUrl,
      executionDiscovered,
      executionErrors,
      executionChanges,
      executionStructure,
      executionExplain,
    ]),
    schedules,
    schedule,
    fleet,
    settings,
  ]),
]);

/** Every page with its address; filters are in the address too, so that a link shows what its sender saw. */
export function createAppRouter(cache: QueryClient) {
  return createRouter({
    routeTree,
    context: { cache },
    defaultPreload: 'intent',
    scrollRestoration: true,
    defaultErrorComponent: FailurePage,
    defaultPendingComponent: LoadingNote,
    defaultNotFoundComponent: NotFoundPage,
  });
}
