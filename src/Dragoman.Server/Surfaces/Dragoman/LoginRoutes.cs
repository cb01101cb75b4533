using Dragoman.Management;
using Dragoman.Management.Logins;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/logins</c>: signing in to providers.</summary>
internal sealed class LoginRoutes(LoginService logins, ImportedLogins imports, LoginsOnHost host, EventStreamWriter writer) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/logins").WithTags("Logins");
        group.MapGet("", (HttpContext context) => TypedResults.Ok(logins.List(HttpActor.From(context))))
            .WithName("listLogins").WithSummary("The providers that people sign in to, with their vendors' positions, and the caller's own logins.");

        group.MapPost("", Task<Results<Created<LoginView>, ManagementErrorResult>> (LoginBody body, HttpContext context, CancellationToken cancellationToken)
            => StartAsync(body, context, cancellationToken).ToCreatedAsync(login => $"logins/{login.Id}"))
            .WithName("startLogin").WithSummary("Begins a login.").WithDescription("The answer says which address to open and which code to enter there. Only who began a login sees it and goes on with it.");

        group.MapGet("/found", Task<Results<Ok<LoginFileListView>, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken) => host.ListAsync(LocalCaller.Is(context), cancellationToken).ToOkAsync())
            .WithName("listLoginFiles").WithSummary("The logins that vendors' own programs have left on the gateway's machine; only programs on that machine are shown them.")
            .WithDescription("Only the usual places are looked at; files are read and never changed. A login is taken over with its `provider`, `flow` and `path`.");

        group.MapGet("/imports", Task<Results<Ok<ImportedLoginListView>, ManagementErrorResult>> (CancellationToken cancellationToken) => imports.ListAsync(cancellationToken).ToOkAsync())
            .WithName("listImportedLogins").WithSummary("The digests of logins by which accounts are known: of their present tokens, and of files that were imported.")
            .WithDescription("Whoever looks at files on another machine tells by them, without sending the files, which are here already.");

        group.MapGet("/{id}", Results<Ok<LoginView>, ManagementErrorResult> (string id, HttpContext context) => logins.Get(id, HttpActor.From(context)).ToOk())
            .WithName("getLogin").WithSummary("How far a login is.");

        group.MapPost("/{id}/complete", Task<Results<Ok<LoginView>, ManagementErrorResult>> (string id, PastedBody body, HttpContext context, CancellationToken cancellationToken)
            => logins.CompleteAsync(id, body.Text, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("completeLogin").WithSummary("Goes on with what the browser ended at: its whole address, code#state, or the bare code.");

        group.MapPost("/{id}/confirm", Task<Results<Ok<LoginView>, ManagementErrorResult>> (string id, ConfirmBody? body, HttpContext context, CancellationToken cancellationToken)
            => logins.ConfirmAsync(id, body?.Label, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("confirmLogin").WithSummary("Saves what came back: as a new account, or into the one that is there already.");

        group.MapDelete("/{id}", Task<Results<NoContent, ManagementErrorResult>> (string id, HttpContext context) => logins.CancelAsync(id, HttpActor.From(context)).ToNoContentAsync())
            .WithName("cancelLogin").WithSummary("Gives a login up; nothing of it is saved.");

        group.MapGet("/{id}/events", Results<EventStreamResult, ManagementErrorResult> (string id, HttpContext context) =>
        {
            var source = logins.Follow(id, HttpActor.From(context));
            return source.Succeeded ? new EventStreamResult(writer, [source.Value]) : ManagementErrorResult.From(source.Error);
        }).WithName("followLogin").WithSummary("A login's changes as they happen ('login'), the present state first, until it is over.").Produces<string>(200, "text/event-stream");
    }

    private async Task<ManagementResult<LoginView>> StartAsync(LoginBody body, HttpContext context, CancellationToken cancellationToken)
    {
        var start = body.ToStart();
        if (body.Path is { } path)
        {
            if (body.Content is not null) return ManagementError.Invalid("Say either where the file is or what is in it.", "path");
            var found = await host.FindAsync(LocalCaller.Is(context), body.Provider, path, cancellationToken);
            if (!found.Succeeded) return found.Error;
            start = start with { Flow = body.Flow ?? found.Value.Flow, Content = found.Value.Content };
        }

        return await logins.StartAsync(start, AddressOf(context), HttpActor.From(context), cancellationToken);
    }

    /// <summary>The gateway's address as the caller reaches it.</summary>
    private static Uri AddressOf(HttpContext context)
        => Uri.TryCreate($"{context.Request.Scheme}://{context.Request.Host.Value}", UriKind.Absolute, out var address) && context.Request.Host.HasValue
            ? address
            : new Uri($"{context.Request.Scheme}://localhost:{context.Connection.LocalPort}");
}

/// <summary>A login that is wanted.</summary>
/// <param name="Provider">The provider's id.</param>
/// <param name="Flow">The way of signing in; left out for the provider's usual one.</param>
/// <param name="Label">What the account is to be called; left out for what the login says.</param>
/// <param name="Proxy">The proxy of the account, which the login goes through too.</param>
/// <param name="Headless">Whether the browser is on another machine, so that what it shows is pasted.</param>
/// <param name="Save">Whether what comes back is saved at once, without a confirmation.</param>
/// <param name="Acknowledged">Whether the vendor's position has been read; needed where the vendor forbids use by other programs.</param>
/// <param name="Inputs">What the way of signing in asks for (its `inputs`), by name.</param>
/// <param name="Content">The content of the file, for an import.</param>
/// <param name="Path">In the place of the content: a file on the gateway's machine, as the list of found files has it; for programs on that machine only.</param>
internal sealed record LoginBody(
    string Provider, string? Flow = null, string? Label = null, string? Proxy = null, bool Headless = false, bool Save = false, bool Acknowledged = false, IReadOnlyDictionary<string, string>? Inputs = null, string? Content = null, string? Path = null)
{
    /// <summary>What is asked for, in the use case's own terms.</summary>
    public LoginStart ToStart() => new(Provider)
    {
        Flow = Flow, Label = Label, Proxy = Proxy, Headless = Headless, SaveAtOnce = Save, Acknowledged = Acknowledged, Content = Content,
        Wishes = (Inputs ?? new Dictionary<string, string>()).Where(static one => !string.IsNullOrWhiteSpace(one.Value)).ToDictionary(static one => one.Key, static one => one.Value.Trim()),
    };

    /// <summary>A record would print its members.</summary>
    public override string ToString() => "login";
}

/// <summary>What a person pasted.</summary>
/// <param name="Text">The whole address that the browser ended at, <c>code#state</c>, or the bare code.</param>
internal sealed record PastedBody(string Text)
{
    /// <summary>A record would print its members.</summary>
    public override string ToString() => "pasted text";
}

/// <summary>How to save what came back.</summary>
/// <param name="Label">What the account is to be called; left out for what the login says.</param>
internal sealed record ConfirmBody(string? Label = null);
