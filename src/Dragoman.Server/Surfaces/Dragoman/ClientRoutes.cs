using System.Buffers;
using Dragoman.Management.Clients;
using Dragoman.Server.Security;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/clients</c>: how client programs and libraries are pointed at the gateway, and on its own machine the doing of it.</summary>
internal sealed class ClientRoutes(ClientDirectory directory, ClientConnector connector) : IManagementRoutes
{
    private static readonly SearchValues<char> NotPlain = SearchValues.Create("'\"$`\\ ;&|<>()");

    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/clients").WithTags("Clients");
        group.MapGet("", Results<Ok<ClientListView>, ManagementErrorResult> (string? model, string? key_name, string? base_url, HttpContext context) =>
        {
            var address = AddressOf(context, context.Request.Host.Host, context.Request.Host.Port);
            if (!string.IsNullOrEmpty(base_url) && !TryReadAddress(base_url, out address))
                return ManagementErrorResult.Invalid($"'{base_url}' is no address of a gateway; write it like https://gateway.example.", "base_url");
            return directory.List(address, model, key_name, LocalCaller.Is(context)).ToOk();
        }).WithName("listClients").WithSummary("Client programs and libraries, with the texts that point each at this gateway, and which are connected on the gateway's own machine.")
            .WithDescription("`base_url` is put in place of the address that the call came to, `model` in place of the first model, and `key_name` names the variable that stands for the client key.");

        group.MapPost("/{id}/connect", Task<Results<Ok<ClientChangeView>, ManagementErrorResult>> (string id, ClientConnectInput? input, HttpContext context, CancellationToken cancellationToken)
            // The port is the socket's own: what a request says of it would point the client elsewhere.
            => connector.ConnectAsync(id, input ?? new ClientConnectInput(), AddressOf(context, context.Request.Host.Host, context.Connection.LocalPort), LocalCaller.Is(context), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("connectClient").WithSummary("Points a client of the gateway's own user at it by the client's own files: without `apply` the difference, with it and the difference's digest the doing.");

        group.MapPost("/{id}/disconnect", Task<Results<Ok<ClientChangeView>, ManagementErrorResult>> (string id, ClientDisconnectInput? input, HttpContext context, CancellationToken cancellationToken)
            => connector.DisconnectAsync(id, input ?? new ClientDisconnectInput(), LocalCaller.Is(context), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("disconnectClient").WithSummary("Gives a client's files back what was there before: without `apply` the difference, with it and the difference's digest the doing.");
    }

    /// <summary>An address that can stand in a shell's line: a host, a port and a path.</summary>
    private static bool TryReadAddress(string text, out Uri address)
        => Uri.TryCreate(text, UriKind.Absolute, out address!) && address is { Scheme: "http" or "https", Query.Length: 0, Fragment.Length: 0, UserInfo.Length: 0 } && !address.AbsoluteUri.AsSpan().ContainsAny(NotPlain);

    private static Uri AddressOf(HttpContext context, string host, int? port) => new UriBuilder(context.Request.Scheme, host.Length == 0 ? "127.0.0.1" : host, port ?? -1).Uri;
}
