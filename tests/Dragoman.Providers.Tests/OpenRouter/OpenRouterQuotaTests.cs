using System.Net;
using System.Text.Json.Nodes;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols;
using Dragoman.Providers.OpenRouter;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.OpenRouter;

/// <summary>What OpenRouter says of a key's limit and of what it has spent, with the numbers of its documentation.</summary>
public sealed class OpenRouterQuotaTests
{
    private static readonly ProviderModule Module = OpenRouterModule.Create();

    [Theory]
    [InlineData("monthly", 30, "$100.00 monthly")]
    [InlineData("weekly", 7, "$100.00 weekly")]
    [InlineData("daily", 1, "$100.00 daily")]
    [InlineData("", null, "$100.00, never reset")]
    public async Task The_limit_is_a_window_and_what_was_spent_is_told(string reset, int? days, string limit)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await Module.QuotaReader!.ReadAsync(await AccountAsync(vendor, reset.Length > 0 ? $"user_limited_{reset}" : "user_limited"), Context(vendor), default);
        report.Problem.ShouldBeNull();
        var window = report.Account.ShouldHaveSingleItem();
        window.UsedFraction.ShouldNotBeNull().ShouldBe(0.255, 1e-9);
        (window.Name, window.Length?.TotalDays).ShouldBe(("credits", days));
        var now = vendor.Time.GetUtcNow();
        if (days is null)
        {
            window.ResetsAt.ShouldBeNull();
        }
        else
        {
            var at = window.ResetsAt.ShouldNotBeNull();
            (at - now).ShouldBeInRange(TimeSpan.Zero, TimeSpan.FromDays(31));
            at.TimeOfDay.ShouldBe(TimeSpan.Zero);
            if (reset == "weekly") at.DayOfWeek.ShouldBe(DayOfWeek.Monday);
            if (reset == "monthly") at.Day.ShouldBe(1);
        }

        (report.Facts["limit"], report.Facts["left"], report.Facts["used"], report.Facts["used today"], report.Facts["key ends"]).ShouldBe((limit, "$74.50", "$125.50", "$0.25", "2027-12-31"));
    }

    [Fact]
    public async Task A_key_without_a_limit_has_no_window()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await Module.QuotaReader!.ReadAsync(await AccountAsync(vendor, "user_free"), Context(vendor), default);
        (report.Plan, report.Account.Count, report.Facts["used"], report.Problem).ShouldBe(("free tier", 0, "$0.00", null));
    }

    [Fact]
    public async Task A_key_that_is_refused_is_said()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await Module.QuotaReader!.ReadAsync(Account(vendor, "sk-or-v1-of-nobody-at-all"), Context(vendor), default);
        report.IsRejected.ShouldBeTrue();
        report.Problem.ShouldNotBeNull().ShouldContain("User not found");
        report.Problem.ShouldNotContain("sk-or");
    }

    private static VendorContext Context(EmulatedVendor vendor) => vendor.ContextFor(Module, $"authorize-url: '{vendor.Address}/openrouter/auth', base-url: '{vendor.Address}/openrouter/api/v1'");

    private static Account Account(EmulatedVendor vendor, string key)
        => new() { Id = "a", Label = "a", Provider = Module.Id, Protocol = Protocol.OpenAiChat, BaseUrl = $"{vendor.Address}/openrouter/api/v1", Credential = new ApiKeyCredential(key) };

    private static async Task<Account> AccountAsync(EmulatedVendor vendor, string user)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        using var consent = await http.GetAsync(new Uri($"{vendor.Address}/openrouter/auth?callback_url={WebUtility.UrlEncode("http://localhost:1/back")}&emulated_user={user}"));
        var code = consent.Headers.Location!.Query["?code=".Length..];
        using var answer = await http.PostAsync(new Uri($"{vendor.Address}/openrouter/api/v1/auth/keys"), new StringContent(new JsonObject { ["code"] = Uri.UnescapeDataString(code) }.ToJsonString(), System.Text.Encoding.UTF8, "application/json"));
        return Account(vendor, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["key"]!.GetValue<string>());
    }
}
