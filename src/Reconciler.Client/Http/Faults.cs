using System.Net.Sockets;

namespace Reconciler.Client;

/// <summary>Which faults pass by themselves: not there, cut, slow, busy, or something else that answers in the service's place.</summary>
internal static class Faults
{
    internal static bool MayPass(Exception fault, CancellationToken cancellation) => !cancellation.IsCancellationRequested && fault switch
    {
        ReconcilerProblem problem => problem.MayPass,
        // A bare socket fault comes where a connection breaks in the moment in which it is made.
        HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException or StrangeAnswer => true,
        _ => false,
    };
}
