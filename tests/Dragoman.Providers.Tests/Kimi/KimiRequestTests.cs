using System.Net;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Kimi;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Kimi;

/// <summary>What a Kimi plan is sent, what its refusals mean, and what it says is left.</summary>
public sealed class KimiRequestTests
{
    private static readonly ProviderModule Module = KimiModule.Create();

    private static OAuthCredential Login => new() { AccessToken = "e30.e30.x", RefreshToken = "r", AccountId = "user-1", Extra = new Dictionary<string, string> { ["device-id"] = "0123456789abcdef0123456789abcdef" } };

    [Theory]
    [InlineData("", "/chat/completions", false)]
    [InlineData(", wire-api: messages", "/messages", true)]
    public async Task Either_protocol_is_asked_from_the_device_of_the_login(string more, string path, bool hasVersion)
    {
        using var request = await BuildAsync(AccountOf(Login, more), UpstreamOperation.Generate);
        request.RequestUri!.AbsoluteUri.ShouldBe("https://api.kimi.com/coding/v1" + path);
        string Value(string name) => request.Headers.GetValues(name).Single();
        (Value("X-Msh-Platform"), Value("X-Msh-Version"), Value("X-Msh-Device-Name"), Value("X-Msh-Device-Id")).ShouldBe(("kimi_cli", "1.41.0", "dragoman", "0123456789abcdef0123456789abcdef"));
        Value("X-Msh-Device-Model").ShouldNotBeEmpty();
        Value("X-Msh-Os-Version").ShouldNotBeEmpty();
        Value("User-Agent").ShouldStartWith("dragoman/");
        (Value("Authorization"), request.Headers.Contains("anthropic-version")).ShouldBe(("Bearer e30.e30.x", hasVersion));
    }

    [Fact]
    public async Task What_the_owner_sets_wins()
    {
        using var request = await BuildAsync(AccountOf(Login, ", platform: new_platform, platform-version: 9.9, headers: { X-Msh-Device-Name: mine }"), UpstreamOperation.ListModels);
        (request.Headers.GetValues("X-Msh-Platform").Single(), request.Headers.GetValues("X-Msh-Version").Single(), request.Headers.GetValues("X-Msh-Device-Name").Single()).ShouldBe(("new_platform", "9.9", "mine"));
    }

    [Theory]
    [InlineData("You've reached your usage limit for this billing cycle.")]
    [InlineData("Your current plan does not include Kimi Code.")]
    [InlineData("Kimi For Coding is currently only available for Coding Agents such as Kimi CLI, Claude Code, Roo Code, Kilo Code, etc.")]
    public void The_same_403_sets_the_account_back_and_never_gives_it_up(string message)
    {
        using var answer = new HttpResponseMessage();
        var failure = Module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Permission, message) { Type = "access_terminated_error" }, answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(Login) });
        (failure.Class, failure.IsOfAccount, failure.Until).ShouldBe((FailureClass.QuotaExhausted, true, null));
        Module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Permission, message), answer.Headers, DateTimeOffset.UnixEpoch) { Body = """{"error":{"type":"access_terminated_error"}}"""u8.ToArray() }).Class.ShouldBe(FailureClass.QuotaExhausted);
        Module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Permission, "You may not do this."), answer.Headers, DateTimeOffset.UnixEpoch)).Class.ShouldBe(FailureClass.Forbidden);
    }

    [Fact]
    public void A_token_that_has_ended_is_renewed_where_it_can_be()
    {
        using var answer = new HttpResponseMessage();
        FailureClass Class(OAuthCredential login) => Module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Authentication, "The API Key appears to be invalid or may have expired."), answer.Headers, DateTimeOffset.UnixEpoch) { Account = AccountOf(login) }).Class;
        (Class(Login), Class(Login with { RefreshToken = null })).ShouldBe((FailureClass.AuthExpired, FailureClass.AuthDead));
    }

    [Theory]
    [InlineData("/v1/chat/completions", "", "/kimi/coding/v1/chat/completions")]
    [InlineData("/v1/messages", ", wire-api: messages", "/kimi/coding/v1/messages")]
    [InlineData("/v1/messages", "", "/kimi/coding/v1/chat/completions")]
    public async Task A_quota_that_is_used_up_moves_requests_to_another_account(string path, string more, string upstream)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var accounts = new StringBuilder("request-retry: 0\nkimi-code:\n");
        foreach (var (person, priority) in ((string, int)[])[("spent", 2), ("kimi", 1)])
        {
            var login = (OAuthCredential)(await KimiLoginTests.SignInAsync(vendor, person)).Credential;
            accounts.Append($"  - {{ name: {person}, priority: {priority}, access-token: {login.AccessToken}, extra: {{ device-id: {login.Extra["device-id"]} }}, base-url: '{vendor.Address}/kimi/coding/v1'{more} }}\n");
        }

        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions { ConfigText = accounts.ToString(), Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        for (var round = 0; round < 2; round++)
        {
            using var answer = await http.PostAsync(path, new StringContent("""{"model":"kimi-for-coding","max_tokens":100,"messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"));
            var text = await answer.Content.ReadAsStringAsync();
            (answer.StatusCode, text.Contains("hello", StringComparison.Ordinal)).ShouldBe((HttpStatusCode.OK, true), text);
            answer.Headers.GetValues("x-dragoman-account").ShouldBe(["kimi"]);
            vendor.Host.Requests[^1].Target.ShouldBe(upstream);
        }

        vendor.Host.Requests.Count(seen => seen.Status == 403).ShouldBe(1, "the spent account is asked after the other one");
    }

    [Fact]
    public async Task The_week_and_the_five_hours_are_told()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = AccountOf((OAuthCredential)(await KimiLoginTests.SignInAsync(vendor)).Credential, $", base-url: '{vendor.Address}/kimi/coding/v1'");
        var report = await Module.QuotaReader!.ReadAsync(account, KimiLoginTests.Context(vendor), default);
        var now = vendor.Time.GetUtcNow();
        report.Account.Select(window => (window.Name, window.UsedFraction, window.Limit, window.Remaining, window.ResetsAt)).ShouldBe([("5h", 0.25, 200L, 150L, now.AddHours(3)), ("7d", 0.25, 2048L, 1536L, now.AddDays(4))]);
        report.Facts["total"].ShouldBe("99 of 100 left");
    }

    [Theory]
    [InlineData(401, "{}", true, null, "Kimi answered 401", "")]
    [InlineData(429, "{}", false, 15.0, "Kimi answered 429", "")]
    [InlineData(200, "<html>", false, null, "Kimi answered something that is no JSON object.", "")]
    [InlineData(200, "{}", false, null, null, "")]
    [InlineData(200, """{"usage":{"limit":100,"used":"30","resetTime":"2026-08-04T09:14:42Z"},"limits":[{"window":{"duration":2,"timeUnit":"TIME_UNIT_DAY"},"detail":{"limit":10,"remaining":20}},{"window":{},"detail":{"limit":4,"used":9}},{"detail":{}},3],"user":{"membership":{"level":"Ultra"}}}""", false, null, null, "2d=0 window=1 7d=0.3")]
    public async Task Odd_reports_are_read_as_far_as_they_go(int status, string body, bool isRejected, double? minutes, string? problem, string windows)
    {
        await using var upstream = await RawUpstream.StartAsync((http, _) => http.SayAsync(status, body));
        await using var vendor = await EmulatedVendor.StartAsync();
        var report = await Module.QuotaReader!.ReadAsync(AccountOf(Login, $", base-url: '{upstream.Address}'"), KimiLoginTests.Context(vendor), default);
        (report.IsRejected, report.RetryAfter?.TotalMinutes, report.Problem).ShouldBe((isRejected, minutes, problem));
        string.Join(' ', report.Account.Select(window => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{window.Name}={window.UsedFraction:0.##}"))).ShouldBe(windows);
        report.Plan.ShouldBe(body.Contains("Ultra", StringComparison.Ordinal) ? "Ultra" : null);
    }

    internal static Account AccountOf(OAuthCredential credential, string more = "")
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load($"kimi-code: [ {{ name: plan, access-token: {credential.AccessToken}{more} }} ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        var account = loaded.Config!.Accounts.Single();
        account.Cell.TrySwap(1, credential).ShouldBeTrue();
        return account;
    }

    private static async Task<HttpRequestMessage> BuildAsync(Account account, UpstreamOperation operation)
        => (await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("kimi-for-coding"), operation) { Body = Encoding.UTF8.GetBytes("{}") }, default)).ShouldNotBeNull();
}
