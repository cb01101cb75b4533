using System.Text.Json.Nodes;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Logins;
using Dragoman.Management;
using Dragoman.Management.CredentialFiles;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>Signing in to providers: <c>/*-auth-url</c>, <c>/get-auth-status</c>, <c>/oauth-session</c> (wire notes cliproxyapi 1.8).</summary>
internal sealed class LoginRoutes(LoginService logins, LoginChannels channels, LoginStates states, RepeatedAttempts attempts) : ICliProxyRoutes
{
    private const string Unknown = "unknown or expired state";

    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        foreach (var (word, provider) in channels.All)
            management.Get($"/{word}-auth-url", $"Begins a login at {provider.Descriptor.DisplayName}.", call => StartAsync(call, provider));
        management.Add("POST", "/iflow-auth-url", "Takes a cookie of a service that has ended.", static _ => Task.FromResult(CookieRefused));
        management.Add("POST", "/gemini-web-token", "Takes cookies of Gemini's web page, which are not used.", static _ => Task.FromResult(CliProxyErrors.Flat(400, "Cookies of Gemini's web page are not used: Google lets no program sign in with them. Use an API key of the Gemini API.")));
        management.Get("/get-auth-status", "Tells how far a login is.", call => Task.FromResult(Status(call)));
        management.Add("DELETE", "/oauth-session", "Gives a login up.", CancelAsync);
    }

    private static SurfaceAnswer CookieRefused { get; } = SurfaceAnswer.Json(400, new JsonObject { ["status"] = "error", ["error"] = "iFlow was shut down on 17 April 2026; its cookies are good for nothing any more." });

    private async Task<SurfaceAnswer> StartAsync(SurfaceCall call, ProviderModule provider)
    {
        if (FlowOf(call, provider) is not { } flow) return CliProxyErrors.Flat(500, $"failed to generate authorization url: {provider.Descriptor.DisplayName} has ended this login. {provider.Descriptor.ThirdPartyUse.Statement}");
        var start = new LoginStart(provider.Id)
        {
            Flow = flow.Id, SaveAtOnce = true, Proxy = call.Query("proxy_url") is { Length: > 0 } proxy ? proxy : null,
            Acknowledged = call.Query("acknowledged") is "true" or "1" || attempts.WasShown(call.Actor, provider.Id),
        };
        var begun = await logins.StartAsync(start, GatewayAddress.Of(call.Context), call.Actor, call.CancellationToken);
        if (!begun.Succeeded) return Explain(begun.Error, provider, call.Actor);
        var login = begun.Value;
        var state = states.Add(login, provider, call.Actor);
        var answer = new JsonObject { ["status"] = "ok", ["url"] = login.CompleteAddress ?? login.Address, ["state"] = state };
        if (login.Method == LoginMethod.DeviceCode)
        {
            answer["flow"] = "device";
            answer["user_code"] = login.UserCode;
            answer["verification_uri"] = login.Address;
            answer["expires_in"] = login.SecondsLeft;
        }

        if (login.Hint is { } hint) answer["hint"] = hint;
        return SurfaceAnswer.Json(answer);
    }

    /// <summary>The way of signing in: what the caller names where the provider has several, else the usual one.</summary>
    private static ILoginFlow? FlowOf(SurfaceCall call, ProviderModule provider)
    {
        var flows = provider.Logins.Where(static flow => flow is not IImportLogin).ToList();
        var wanted = call.Query("flow") ?? call.Query("method");
        return flows.Find(flow => wanted is { Length: > 0 } && (flow.Id.Equals(wanted, StringComparison.OrdinalIgnoreCase) || flow.Id.Contains(wanted, StringComparison.OrdinalIgnoreCase))) ?? flows.FirstOrDefault();
    }

    private SurfaceAnswer Explain(ManagementError error, ProviderModule provider, Actor actor)
    {
        if (error.Code != "acknowledgement_required") return CliProxyErrors.Flat(error.Kind == ManagementErrorKind.Unavailable ? 503 : 500, $"failed to generate authorization url: {error.Text}");
        attempts.Show(actor, provider.Id);
        return CliProxyErrors.Flat(409, $"{error.Message} To sign in all the same, begin once more within ten minutes, or with acknowledged=true.");
    }

    private SurfaceAnswer Status(SurfaceCall call)
    {
        var state = call.Query("state")?.Trim() ?? "";
        if (state.Length == 0) return ManagementRoutes.Done;
        if (!LoginStates.IsState(state)) return SurfaceAnswer.Json(400, Failed("invalid state"));
        if (states.Find(state) is not { } known) return SurfaceAnswer.Json(Failed(Unknown));
        var login = logins.Get(known.Id, known.Actor);
        if (!login.Succeeded) return SurfaceAnswer.Json(Failed(Unknown));
        return login.Value.Status switch
        {
            LoginStatus.Saved => ManagementRoutes.Done,
            LoginStatus.Failed => SurfaceAnswer.Json(Failed(login.Value.Error ?? "the login failed")),
            LoginStatus.AwaitingConfirmation when login.Value.Error is { } error => SurfaceAnswer.Json(Failed(error)),
            LoginStatus.Cancelled or LoginStatus.Expired => SurfaceAnswer.Json(Failed(Unknown)),
            _ => SurfaceAnswer.Json(Waiting(login.Value)),
        };
    }

    private async Task<SurfaceAnswer> CancelAsync(SurfaceCall call)
    {
        var state = call.Query("state")?.Trim() ?? "";
        if (state.Length == 0) return CliProxyErrors.Flat(400, "state is required");
        if (!LoginStates.IsState(state)) return CliProxyErrors.Flat(400, "invalid state");
        var isOpen = states.Find(state) is { } known && logins.Get(known.Id, known.Actor) is { Succeeded: true, Value.Status: LoginStatus.Waiting or LoginStatus.Redeeming or LoginStatus.AwaitingConfirmation };
        if (isOpen) await logins.CancelAsync(states.Find(state)!.Id, states.Find(state)!.Actor);
        return SurfaceAnswer.Json(new JsonObject { ["status"] = "ok", ["cancelled"] = isOpen });
    }

    private static JsonObject Waiting(LoginView login)
    {
        var answer = new JsonObject { ["status"] = "wait" };
        if (login.UserCode is { } code) answer["user_code"] = code;
        if (login.Address is { } address) answer["url"] = login.CompleteAddress ?? address;
        return answer;
    }

    private static JsonObject Failed(string text) => new() { ["status"] = "error", ["error"] = text };
}
