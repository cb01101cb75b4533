using System.Net;
using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Copilot;
using Dragoman.Providers.Tests.Support;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>Copilot's own list of models: what is allowed, by which protocol each is served, what has to be allowed first, and what is refused to integrations.</summary>
public sealed class CopilotModelTests
{
    private readonly ProviderModule _module = CopilotModule.Create();

    private IAccountAction Enable => _module.Actions.ShouldHaveSingleItem();

    [Fact]
    public async Task A_model_is_allowed_by_its_owner_and_never_by_itself()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var account = await AccountAsync(vendor, context);
        AccountActionCall Call(string model) => new(account, Guid.NewGuid(), new Dictionary<string, string> { ["model"] = model });
        (await ListedAsync(account)).ShouldBe(["gpt-5-mini", "claude-sonnet-4.5", "gpt-5.4", "gpt-5.2-codex"], "what answers and is allowed");

        (await Enable.PreviewAsync(Call("gpt-5-mini"), context, default)).ShouldBe(ActionPreview.Impossible("'gpt-5-mini' is allowed already."));
        (await Enable.PreviewAsync(Call("nothing"), context, default)).ShouldBe(ActionPreview.Impossible("Copilot lists no model 'nothing' for this user. Not allowed yet: claude-opus-4.5."));
        var preview = await Enable.PreviewAsync(Call("claude-opus-4.5"), context, default);
        (preview.CanRun, preview.Effect).ShouldBe((true, $"claude-opus-4.5 (claude-opus-4.5) is not allowed now. {Enable.Effect} GitHub says: Enable access to the model from Anthropic."));
        vendor.Host.Requests.ShouldNotContain(seen => seen.Method == "POST" && seen.Target.Contains("policy", StringComparison.Ordinal));

        (await Enable.RunAsync(Call("claude-opus-4.5"), context, default)).ShouldBe(ActionOutcome.Done("'claude-opus-4.5' is allowed now."));
        Encoding.UTF8.GetString(vendor.Host.Requests[^1].Body.Span).ShouldBe("""{"state":"enabled"}""");
        vendor.Host.Requests[^1].Headers["editor-version"].ShouldStartWith("dragoman/");
        (await ListedAsync(account)).ShouldContain("claude-opus-4.5");
        (await Enable.RunAsync(Call("no/such"), context, default)).ShouldBe(ActionOutcome.Failed("GitHub answered 404: model not found."));
    }

    [Fact]
    public async Task A_model_is_asked_in_a_protocol_that_it_is_served_by()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor);
        var account = await AccountAsync(vendor, context);
        Protocol For(string model) => _module.ProtocolFor(account, new UpstreamModel(model));
        For("gpt-5.4").ShouldBe(Protocol.OpenAiChat, "nothing is known yet");
        (await _module.QuotaReader!.ReadAsync(account, context, default)).Problem.ShouldBeNull();
        (For("gpt-5.4"), For("gpt-5-mini"), For("claude-sonnet-4.5"), For("gpt-5.2-codex"), For("unknown")).ShouldBe(
            (Protocol.OpenAiResponses, Protocol.OpenAiChat, Protocol.AnthropicMessages, Protocol.OpenAiResponses, Protocol.OpenAiChat));
        var lists = vendor.Host.Requests.Count(seen => seen.Target == "/copilot/plan/models");
        await _module.QuotaReader.ReadAsync(account, context, default);
        vendor.Host.Requests.Count(seen => seen.Target == "/copilot/plan/models").ShouldBe(lists, "once an hour");
        vendor.Time.Advance(TimeSpan.FromHours(1));
        await _module.QuotaReader.ReadAsync(account, context, default);
        vendor.Host.Requests.Count(seen => seen.Target == "/copilot/plan/models").ShouldBe(lists + 1);
        using var request = await _module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel("gpt-5.4"), UpstreamOperation.Generate) { Body = "{}"u8.ToArray() }, default);
        request!.RequestUri!.AbsolutePath.ShouldBe("/copilot/plan/responses");
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("[]", null)]
    [InlineData("<html>", null)]
    [InlineData("""{"data":[{"id":"a","policy":{"state":"disabled"}},{"id":"b","policy":null,"capabilities":{}},{"name":"no id"},3,{"id":"c","supported_endpoints":["ws:/responses",4]}]}""", "b c")]
    public void Odd_lists_are_read_as_far_as_they_go(string body, string? ids)
        => (_module.Models!.Read(Encoding.UTF8.GetBytes(body)) is { } read ? string.Join(' ', read) : null).ShouldBe(ids);

    [Theory]
    [InlineData("cli-only", "vscode-chat", HttpStatusCode.OK, "vscode-chat copilot-developer-cli copilot-developer-cli")]
    [InlineData("cli-only", "copilot-developer-cli", HttpStatusCode.OK, "copilot-developer-cli copilot-developer-cli")]
    [InlineData("editor-only", "vscode-chat", HttpStatusCode.BadRequest, "vscode-chat copilot-developer-cli")]
    [InlineData("editor-only", "copilot-developer-cli", HttpStatusCode.BadRequest, "copilot-developer-cli")]
    public async Task A_refusal_of_the_owners_integration_is_tried_once_with_the_command_lines(string model, string integration, HttpStatusCode status, string asked)
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var account = await AccountAsync(vendor, Context(vendor));
        var config = $"request-retry: 0\ngithub-copilot: [ {{ name: mine, access-token: {((OAuthCredential)account.Credential).AccessToken}, base-url: '{account.BaseUrl}', integration-id: {integration}, models: [ {model} ] }} ]\n";
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions { ConfigText = config, Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        for (var round = 0; round < (status == HttpStatusCode.OK ? 2 : 1); round++)
        {
            using var answer = await http.PostAsync("/v1/chat/completions", new StringContent($$"""{"model":"{{model}}","messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"));
            answer.StatusCode.ShouldBe(status, await answer.Content.ReadAsStringAsync());
        }

        var sent = vendor.Host.Requests.Where(seen => seen.Target == "/copilot/plan/chat/completions").ToList();
        string.Join(' ', sent.Select(seen => seen.Headers["copilot-integration-id"])).ShouldBe(asked);
        sent.ShouldAllBe(seen => seen.Headers["editor-version"].StartsWith("dragoman/") && seen.Headers["user-agent"].StartsWith("dragoman/"), "the gateway is no editor");
    }

    [Fact]
    public async Task A_token_of_the_old_kind_is_exchanged_and_renewed()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var context = Context(vendor, ", client-id: Iv1.b507a08c87ecfe98");
        var account = await AccountAsync(vendor, context);
        var login = (OAuthCredential)account.Credential;
        login.RefreshToken.ShouldNotBeNull().ShouldStartWith("ghu_");
        (login.AccessToken.StartsWith("tid=", StringComparison.Ordinal), login.Expires).ShouldBe((true, DateTimeOffset.FromUnixTimeSeconds(vendor.Time.GetUtcNow().AddMinutes(25).ToUnixTimeSeconds())));
        (await ListedAsync(account)).ShouldNotBeEmpty("the exchanged token is taken");
        (await _module.QuotaReader!.ReadAsync(account, context, default)).Plan.ShouldBe("individual", "GitHub's own API takes its own token");

        using var answer = new HttpResponseMessage();
        Failure Refused(Account of) => _module.Failures.Classify(new UpstreamFailure(new WireError(ErrorKind.Authentication, "token expired"), answer.Headers, DateTimeOffset.UnixEpoch) { Account = of });
        Refused(account).Class.ShouldBe(FailureClass.AuthExpired);
        Refused(AccountOf("gho_x", account.BaseUrl)).Class.ShouldBe(FailureClass.AuthDead);
        vendor.Time.Advance(TimeSpan.FromMinutes(26));
        var renewed = await _module.Refresher!.RefreshAsync(account, login, context, default);
        renewed.Outcome.ShouldBe(TokenRefreshOutcome.Renewed);
        (renewed.Credential!.RefreshToken, renewed.Credential.AccountId, renewed.Credential.AccessToken == login.AccessToken).ShouldBe((login.RefreshToken, login.AccountId, false));
        (await _module.Refresher.RefreshAsync(account, login with { RefreshToken = "ghu_unknown" }, context, default)).Outcome.ShouldBe(TokenRefreshOutcome.Refused);
        var noPlan = await _module.Refresher.RefreshAsync(account, login with { RefreshToken = "gho_other" }, context, default);
        (noPlan.Outcome, noPlan.MayHaveSpent, noPlan.Reason).ShouldBe((TokenRefreshOutcome.Failed, false, "GitHub answered 404: Not Found."));
        var imported = await _module.Logins.OfType<IImportLogin>().Single().ReadAsync(Encoding.UTF8.GetBytes($$"""{"host":"127.0.0.1","oauth_token":"{{login.RefreshToken}}"}"""), context, default);
        ((OAuthCredential)imported.Credential).RefreshToken.ShouldBe(login.RefreshToken, "an editor's token of this kind is taken too");
        _module.Refresher.OnlyOnUse.ShouldBeTrue("an account that nobody uses is not exchanged every half hour");
    }

    [Fact]
    public async Task A_token_of_the_old_kind_in_the_file_is_exchanged_when_a_request_needs_it()
    {
        await using var vendor = await EmulatedVendor.StartAsync();
        var login = (OAuthCredential)(await AccountAsync(vendor, Context(vendor, ", client-id: Iv1.b507a08c87ecfe98"))).Credential;
        var config = $"request-retry: 0\nproviders: {{ github-copilot: {{ api-url: '{vendor.Address}/copilot/api' }} }}\ngithub-copilot: [ {{ name: mine, access-token: {login.RefreshToken}, base-url: '{vendor.Address}/copilot/plan', models: [ gpt-5-mini ] }} ]\n";
        await using var gateway = await GatewayHost.StartAsync(
            new StartOptions { ConfigText = config, Port = 0, Providers = TestProviders.CreateRegistry, LogLevel = LogLevel.None }, TestContext.Current.CancellationToken);
        using var http = new HttpClient { BaseAddress = gateway.Address };
        async Task AskAsync()
        {
            using var answer = await http.PostAsync("/v1/chat/completions", new StringContent("""{"model":"gpt-5-mini","messages":[{"role":"user","content":"say:hello"}]}""", Encoding.UTF8, "application/json"));
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        }

        int Exchanges() => vendor.Host.Requests.Count(seen => seen.Target == "/copilot/api/copilot_internal/v2/token");
        var before = Exchanges();
        // The emulated clock stands long before the machine's: the token it gives has ended for the gateway, which asks for another with every request.
        await AskAsync();
        Exchanges().ShouldBeGreaterThan(before);
        vendor.Host.Requests.Last(seen => seen.Target == "/copilot/plan/chat/completions").Headers["authorization"].ShouldStartWith("Bearer tid=");
    }

    private async Task<IReadOnlyList<string>> ListedAsync(Account account)
    {
        using var request = await _module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(""), UpstreamOperation.ListModels), default);
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request!);
        return _module.Models!.Read(await answer.Content.ReadAsByteArrayAsync()).ShouldNotBeNull();
    }

    private VendorContext Context(EmulatedVendor vendor, string more = "") => vendor.ContextFor(_module, $"login-url: '{vendor.Address}/copilot/github', api-url: '{vendor.Address}/copilot/api'{more}");

    private async Task<Account> AccountAsync(EmulatedVendor vendor, VendorContext context)
    {
        var flow = _module.Logins.OfType<IDeviceLogin>().Single();
        var code = await flow.BeginAsync(context, default);
        await EmulatedVendor.OpenAsync(new Uri($"{code.Address}?user_code={code.UserCode}"));
        vendor.Time.Advance(code.Interval);
        var login = (await flow.PollAsync(code, context, default)).Result.ShouldNotBeNull();
        var account = AccountOf(((OAuthCredential)login.Credential).AccessToken, login.Settings["base-url"]);
        return account with { Credential = login.Credential };
    }

    private static Account AccountOf(string token, string baseUrl)
    {
        var yaml = $"github-copilot: [ {{ name: mine, access-token: '{token}', base-url: '{baseUrl}' }} ]\n";
        var loaded = new Gateway.Configuration.ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load(yaml, "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts.Single();
    }
}
