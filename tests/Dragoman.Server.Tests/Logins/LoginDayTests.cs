using System.Net;
using System.Net.Http.Json;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Gateway.CredentialRefresh;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Logins;

/// <summary>
/// A day of each provider's account on a clock that runs fast: tokens end as often as they do at the vendor, the machine is off for some hours of the night, and no request fails.
/// </summary>
public sealed class LoginDayTests
{
    /// <summary>How often the gateway looks for logins that are due.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Night = TimeSpan.FromHours(6);

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
            if (half == 0) await RunAsync(time, plan.SignInAsync(http, vendor.Address));
            var renewal = gateway.Services.GetRequiredService<CredentialRenewal>();
            while (Past() < TimeSpan.FromHours(half == 0 ? 3 : 24))
            {
                for (var step = 0; step < 14; step++)
                {
                    time.Advance(Step);
                    await RunAsync(time, renewal.RenewDueAsync());
                }

                using var answer = await RunAsync(time, http.PostAsJsonAsync("/v1/chat/completions", new { model = plan.Model, messages = new[] { new { role = "user", content = "say:hello" } } }));
                answer.StatusCode.ShouldBe(HttpStatusCode.OK, $"after {Past()}: {await answer.Content.ReadAsStringAsync()}");
                asked++;
            }

            await gateway.DisposeAsync();
            if (half == 0) time.Advance(Night);
        }

        var exchanges = vendor.Requests.Where(request => request.Target == plan.TokenEndpoint && plan.IsRenewal(request.Text)).ToList();
        exchanges.ShouldAllBe(request => request.Status == 200, "no spent token was used, and none was lost");
        var answered = vendor.Requests.Where(request => request.Target.Split('?')[0] == plan.Upstream).ToList();
        answered.Count(request => request.Status == 200).ShouldBe(asked);
        // Tokens are renewed ahead, or before the request is sent; only the end of one from another program's file is not known.
        answered.Count(request => request.Status == 401).ShouldBe(plan.Vendor == "kimi" ? 1 : 0);
        TestContext.Current.TestOutputHelper?.WriteLine($"{plan.Provider}: {asked} requests, {exchanges.Count} renewals");
        if (plan.Life is { } life) exchanges.Count.ShouldBeInRange((int)(18 / life.TotalHours) - 1, (int)(24 / life.TotalHours * 2) + 2);
    }

    /// <summary>Lets something end that may wait on the clock, which runs about as fast as the machine's meanwhile.</summary>
    private static async Task<T> RunAsync<T>(ManualTime time, Task<T> running)
    {
        await RunAsync(time, (Task)running);
        return await running;
    }

    private static async Task RunAsync(ManualTime time, Task running)
    {
        while (await Task.WhenAny(running, Task.Delay(10)) != running) time.Advance(TimeSpan.FromMilliseconds(10));
        await running;
    }
}
