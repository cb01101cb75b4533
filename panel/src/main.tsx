import { CSPProvider } from '@base-ui/react/csp-provider';
import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/client';
import { startTexts } from './app/i18n';
import { router } from './app/router';
import { applyTheme } from './app/theme';
import { ConfirmProvider } from './ui/dialog';
import { ToastProvider } from './ui/toast';
import './styles.css';

// The page is served at the root too: its own addresses begin with /panel.
if (!location.pathname.startsWith('/panel')) history.replaceState(null, '', `/panel/${location.search}${location.hash}`);
applyTheme();

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // What the gateway refuses it refuses again; what did not reach it may.
      retry: (times, error) => times < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

await startTexts();
createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <Tooltip.Provider delay={350}>
          <ToastProvider>
            <ConfirmProvider>
              <RouterProvider router={router as never} />
            </ConfirmProvider>
          </ToastProvider>
        </Tooltip.Provider>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
