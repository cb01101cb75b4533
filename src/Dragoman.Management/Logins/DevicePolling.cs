using Dragoman.Gateway.Providers.Logins;

namespace Dragoman.Management.Logins;

/// <summary>Asks the vendor at its own pace whether the code of a device login was entered, until it was, or the login is over.</summary>
public sealed class DevicePolling(LoginSaving saving, TimeProvider time)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>How much the interval grows when the vendor was asked too often (RFC 8628, section 3.5).</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(5);

    /// <summary>
    /// What is waited beyond the interval: timers come a little early and clocks differ, and who asks at the very end of an interval is told to slow down, each time more, until the code has expired.
    /// </summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(250);

    internal async Task RunAsync(LoginSession session, IDeviceLogin flow, DeviceAuthorization authorization)
    {
        try
        {
            await PollAsync(session, flow, authorization);
        }
        catch (LoginException ex)
        {
            await saving.FailAsync(session, ex.Fix is null ? ex.Message : $"{ex.Message} {ex.Fix}");
        }
        catch (OperationCanceledException)
        {
            // The login is over.
        }
        catch (Exception ex)
        {
            await saving.FailAsync(session, $"The login failed for a reason that was not foreseen ({ex.GetType().Name}).");
        }
    }

    private async Task PollAsync(LoginSession session, IDeviceLogin flow, DeviceAuthorization authorization)
    {
        var interval = Bounded(authorization.Interval);
        var wait = interval;
        while (true)
        {
            await Task.Delay(wait + Margin, time, session.Over);
            DevicePoll answer;
            try
            {
                answer = await flow.PollAsync(authorization, session.Context, session.Over);
            }
            catch (HttpRequestException)
            {
                // Section 3.5: after a broken connection the client asks less often, until the vendor is there again.
                wait = Bounded(wait * 2);
                continue;
            }

            if (answer.Result is { } result)
            {
                if (session.TryMove(LoginStatus.Waiting, LoginStatus.Redeeming)) await saving.TakeAsync(session, result);
                return;
            }

            if (answer.Interval is { } wanted && wanted > interval) interval = Bounded(wanted);
            else if (answer.SlowDown) interval = Bounded(interval + Step);
            wait = interval;
        }
    }

    private static TimeSpan Bounded(TimeSpan interval) => interval < Shortest ? Shortest : interval > Longest ? Longest : interval;
}
