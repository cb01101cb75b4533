using System.Text;
using Dragoman.Gateway.Accounts;
using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Providers;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Providers.Copilot;
using Dragoman.Providers.Tests.Support;

namespace Dragoman.Providers.Tests.Copilot;

/// <summary>What Copilot is sent: the protocol of each model, and who has begun a turn.</summary>
public sealed class CopilotRequestTests
{
    private static readonly ProviderModule Module = CopilotModule.Create();

    [Theory]
    [InlineData("claude-sonnet-4.5", Protocol.AnthropicMessages, "/v1/messages")]
    [InlineData("gpt-5.2-codex", Protocol.OpenAiResponses, "/responses")]
    [InlineData("gpt-6.2-sol", Protocol.OpenAiResponses, "/responses")]
    [InlineData("gpt-5-mini", Protocol.OpenAiChat, "/chat/completions")]
    [InlineData("gemini-3.5-flash", Protocol.OpenAiChat, "/chat/completions")]
    public async Task Every_model_is_asked_in_its_own_protocol(string model, Protocol protocol, string path)
    {
        var account = CreateAccount();
        Module.ProtocolFor(account, new UpstreamModel(model)).ShouldBe(protocol);
        using var request = await BuildAsync(account, model, "{}");
        request.RequestUri!.AbsoluteUri.ShouldBe("https://api.githubcopilot.com" + path);
        var headers = request.Headers;
        (headers.Authorization!.ToString(), headers.GetValues("Copilot-Integration-Id").Single(), headers.Contains("anthropic-version")).ShouldBe(("Bearer gho_token", "copilot-developer-cli", protocol == Protocol.AnthropicMessages));
        headers.GetValues("Editor-Version").Single().ShouldStartWith("dragoman/");
        headers.UserAgent.ToString().ShouldStartWith("dragoman/");
    }

    [Theory]
    [InlineData("user", """{"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("user", """{"messages":[{"role":"assistant","content":"a"},{"role":"tool","content":"r"},{"role":"user","content":"next"}]}""")]
    [InlineData("agent", """{"messages":[{"role":"user","content":"hi"},{"role":"assistant","tool_calls":[]},{"content":"r","tool_call_id":"1","role":"tool"}]}""")]
    [InlineData("agent", """{"messages":[{"role":"user","content":"hi"},{"role":"tool","content":"r"},{"role":"system","content":"remember"}]}""")]
    [InlineData("user", """{"messages":[{"role":"user","content":[{"type":"text","text":"tool_result"}]}]}""")]
    [InlineData("agent", """{"messages":[{"role":"user","content":[{"type":"tool_result","tool_use_id":"1","content":[{"type":"text","text":"x"}]},{"type":"text","text":"reminder"}]}]}""")]
    [InlineData("user", """{"model":"m","input":"hi"}""")]
    [InlineData("user", """{"input":[{"type":"function_call_output","call_id":"1","output":"x"},{"role":"user","content":[{"type":"input_text","text":"hi"}]}]}""")]
    [InlineData("agent", """{"input":[{"role":"user","content":"hi"},{"type":"function_call","call_id":"1"},{"type":"function_call_output","call_id":"1","output":"x"}]}""")]
    [InlineData("agent", """{"input":[{"role":"user","content":"hi"},{"type":"tool_search_call","call_id":"1"},{"type":"tool_search_output","call_id":"1"}]}""")]
    [InlineData("agent", """{"messages":[{"role":"user","content":[{"type":"web_search_tool_result","tool_use_id":"1","content":[]}]}]}""")]
    [InlineData("user", """{"messages":[{"role":"user","content":[{"type":"text","text":"function_call_output"},{"type":"image_url","image_url":{"url":"tool_output"}}]}]}""")]
    [InlineData("user", """{"metadata":{"messages":[{"role":"tool"}]},"messages":[{"role":"user","content":"hi"}]}""")]
    [InlineData("user", "not json")]
    [InlineData("user", "{\"messages\":[{\"role\":\"tool\"")]
    public async Task Who_began_a_turn_is_said(string initiator, string body)
    {
        using var request = await BuildAsync(CreateAccount(), "gpt-5-mini", body);
        request.Headers.GetValues("X-Initiator").ShouldBe([initiator]);
    }

    [Theory]
    [InlineData(ErrorKind.InvalidRequest, "model_not_supported", "The requested model is not supported.", FailureClass.Gone)]
    [InlineData(ErrorKind.Permission, null, "Access to this model is not permitted by your organization's policy.", FailureClass.Gone)]
    [InlineData(ErrorKind.Permission, null, "Your account is suspended.", FailureClass.Forbidden)]
    [InlineData(ErrorKind.Authentication, null, "Bad credentials", FailureClass.AuthDead)]
    public void A_models_policy_is_not_the_accounts_fault(ErrorKind kind, string? code, string message, FailureClass expected)
    {
        using var answer = new HttpResponseMessage();
        Module.Failures.Classify(new UpstreamFailure(new WireError(kind, message) { Code = code }, answer.Headers, DateTimeOffset.UnixEpoch)).Class.ShouldBe(expected);
    }

    private static Account CreateAccount()
    {
        var loaded = new ConfigLoader(TestProviders.CreateRegistry(TimeProvider.System), static _ => null).Load("github-copilot: [ { name: mine, access-token: gho_token, account-id: '1' } ]\n", "config.yaml");
        loaded.Problems.ShouldBeEmpty();
        return loaded.Config!.Accounts.Single();
    }

    private static async Task<HttpRequestMessage> BuildAsync(Account account, string model, string body)
        => (await Module.CreateRequestAsync(new UpstreamCall(account, new UpstreamModel(model), UpstreamOperation.Generate) { Body = Encoding.UTF8.GetBytes(body) }, default)).ShouldNotBeNull();
}
