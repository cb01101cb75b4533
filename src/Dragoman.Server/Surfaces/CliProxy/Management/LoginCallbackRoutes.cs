using System.Text.Json.Nodes;
using Dragoman.Gateway.Providers;
using Dragoman.Management.Logins;
using Dragoman.Server.Surfaces.Abstractions;
using Dragoman.Server.Surfaces.CliProxy.Shared;

namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>What comes back of a login in a browser: pasted into <c>/oauth-callback</c>, or brought by the browser itself to <c>/WORD/callback</c> (wire notes cliproxyapi 1.8 and 9.3). The management key is asked for what is pasted, with GET too.</summary>
internal sealed class LoginCallbackRoutes(LoginService logins, LoginChannels channels, LoginStates states) : ICliProxyRoutes
{
    /// <inheritdoc/>
    public void Map(SurfaceRoutes routes)
    {
        var management = new ManagementRoutes(routes);
        management.Add("POST", "/oauth-callback", "Goes on with a login by what the browser ended at.", PostAsync);
        management.Get("/oauth-callback", "The same from the query.", call => TakeAsync(new Callback(call.Query("provider"), call.Query("state"), call.Query("code"), call.Query("error"), call.Query("error_description")), call));
        foreach (var word in LoginChannels.Callbacks)
            routes.Open().Get($"/{word}/callback", "Where a browser comes back to; known by its state alone.", ShowAsync);
    }

    private async Task<SurfaceAnswer> PostAsync(SurfaceCall call)
    {
        JsonObject body;
        try
        {
            body = await call.BodyAsync();
        }
        catch (BadHttpRequestException)
        {
            return Fault(400, "invalid body");
        }

        var callback = new Callback(ConfigEdits.TextOf(body["provider"]), ConfigEdits.TextOf(body["state"]), ConfigEdits.TextOf(body["code"]), ConfigEdits.TextOf(body["error"]), null);
        if (ConfigEdits.TextOf(body["redirect_url"])?.Trim() is { Length: > 0 } address)
        {
            if (!Uri.TryCreate(address, UriKind.Absolute, out var uri)) return Fault(400, "invalid redirect_url");
            var query = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(uri.Query.Length > 1 ? uri.Query : uri.Fragment.TrimStart('#'));
            callback = callback with
            {
                State = callback.State is { Length: > 0 } ? callback.State : One("state"),
                Code = callback.Code is { Length: > 0 } ? callback.Code : One("code"),
                Error = callback.Error is { Length: > 0 } ? callback.Error : One("error") ?? One("error_description"),
                Description = One("error_description"),
            };

            string? One(string name) => query.TryGetValue(name, out var value) && value.Count == 1 ? value[0] : null;
        }

        return await TakeAsync(callback, call);
    }

    /// <summary>Goes on with a login. The order of the checks is the one that callers know.</summary>
    private async Task<SurfaceAnswer> TakeAsync(Callback callback, SurfaceCall call)
    {
        var state = callback.State?.Trim() ?? "";
        if (state.Length == 0) return Fault(400, "state is required");
        if (!LoginStates.IsState(state)) return Fault(400, "invalid state");
        if (callback is { Code: not { Length: > 0 }, Error: not { Length: > 0 } }) return Fault(400, "code or error is required");
        if (states.Find(state) is not { } known || logins.Get(known.Id, known.Actor) is not { Succeeded: true, Value: var login } || login.Status is LoginStatus.Expired or LoginStatus.Cancelled) return Fault(404, "unknown or expired state");
        if (login.Status == LoginStatus.Saved) return Fault(409, "oauth flow is already completed");
        ProviderModule? named = null;
        if (callback.Provider?.Trim() is { Length: > 0 } provider && (named = channels.Find(provider)) is null) return Fault(400, "unsupported provider");
        if (login.Status == LoginStatus.Failed) return Fault(409, login.Error ?? "the login failed");
        if (named is not null && named.Id != known.Provider.Id) return Fault(400, "provider does not match state");
        if (login.Status != LoginStatus.Waiting || !known.IsVendorState) return Fault(409, "oauth flow is not pending");
        await logins.CallbackAsync(new LoginCallback(null, state, callback.Code, callback.Error, callback.Description), call.CancellationToken);
        return ManagementRoutes.Done;
    }

    private async Task<SurfaceAnswer> ShowAsync(SurfaceCall call)
    {
        var page = await logins.CallbackAsync(Logins.LoginCallbackRoutes.Read(call.Context.Request, null), call.CancellationToken);
        return PlainPage.Answer(page.Title, page.Text);
    }

    private static SurfaceAnswer Fault(int status, string text) => SurfaceAnswer.Json(status, new JsonObject { ["status"] = "error", ["error"] = text });

    /// <param name="Provider">Whom it is said to be of; null where that is not said.</param>
    /// <param name="State">The state.</param>
    /// <param name="Code">The code; null for none.</param>
    /// <param name="Error">What the vendor says instead.</param>
    /// <param name="Description">The same in more words.</param>
    private sealed record Callback(string? Provider, string? State, string? Code, string? Error, string? Description)
    {
        public override string ToString() => "login callback";
    }
}
