using System.Net;
using System.Net.Http.Json;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Logins;

/// <summary>
/// A day of each provider's account on a clock that runs fast: tokens end as often as they do at the vendor, nobody asks for some hours, the gateway is started anew at noon, and no request fails.
/// </summary>
public sealed class LoginDayTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(7);

    public static TheoryData<string> Providers => [.. LoginPlan.Providers];

    [Theory, MemberData(nameof(Providers))]
    public async Task Over_a_day_tokens_end_and_no_request_fails(string provider)
    {
        var plan = LoginPlan.Of(provider);
        var time = new ManualTime();
        using var folder = new TempFolder();
        await using var vendor = await EmulatorHost.StartAsync(new EmulatorOptions { Time = time, KeptRequests = 10_000 });
        var start = time.GetUtcNow();
        TimeSpan Past() => time.GetUtcNow() - start;
        var asked = 0;
        for (var half = 0; half < 2; half++)
        {
            await using var gateway = await GatewayHost.StartAsync(new StartOptions
            {
                ConfigText = "port: 0\nrequest-retry: 0\n" + plan.Configuration(vendor.Address.ToString()), DataFolder = folder.File("data"), LogLevel = LogLevel.None, Time = time,
            });
            using var http = new HttpClient { BaseAddress = gateway.Address };
            if (half == 0) await plan.SignInAsync(http, vendor.Address);
            while (Past() < TimeSpan.FromHours(half == 0 ? 12 : 24))
            {
                time.Advance(Step);
                // The night: what ends meanwhile is renewed ahead, or with the first request of the morning.
                if (Past().TotalHours is > 3 and < 9) continue;
                using var answer = await http.PostAsJsonAsync("/v1/chat/completions", new { model = plan.Model, messages = new[] { new { role = "user", content = "say:hello" } } });
                answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"after {Past()}: {await answer.Content.ReadAsStringAsync()}");
                asked++;
            }
        }

        var exchanges = vendor.Requests.Where(request => request.Target == plan.TokenEndpoint && IsRenewal(request.Text)).ToList();
        exchanges.ShouldAllBe(request => request.Status == 200, "no spent token was used, and none was lost");
        var answered = vendor.Requests.Where(request => request.Target.Split('?')[0] == plan.Upstream).ToList();
        answered.Count(request => request.Status == 200).ShouldBe(asked);
        // Tokens are renewed ahead: a request meets an ended one only where the clock jumped over the margin.
        answered.Count(request => request.Status == 401).ShouldBe(0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{plan.Provider}: {asked} requests, {exchanges.Count} renewals");
        if (plan.Life is { } life) exchanges.Count.ShouldBeInRange((int)(18 / life.TotalHours) - 1, (int)(24 / life.TotalHours * 2) + 2);
    }

    private static bool IsRenewal(string body) => body.Contains("refresh_token", StringComparison.Ordinal) || body.Contains("refreshToken", StringComparison.Ordinal);
}
