using System.Net.Sockets;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using RabbitMQ.Client.Exceptions;

namespace Reconciler.Ledger.Broker;

/// <summary>The broker cannot be reached, or did not take what was published. Everything from the checkpoint on is published again.</summary>
/// <param name="message">For the operator: what happened and what to look at. Never holds a password.</param>
internal sealed class BrokerFault(string message, BrokerState state = BrokerState.Connecting, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How publishing stands because of it.</summary>
    public BrokerState State { get; } = state;

    /// <summary>Null where the exception is not of the broker or of the way to it.</summary>
    public static BrokerFault? Of(Exception thrown, BrokerOptions options) => thrown switch
    {
        BrokerFault fault => fault,
        OperationInterruptedException { ShutdownReason: { } reason } => Of(reason, options, thrown),
        BrokerUnreachableException { InnerException: { } cause } => Unreachable(cause, options, thrown),
        RabbitMQClientException or IOException or SocketException or TimeoutException or ObjectDisposedException => Unreachable(thrown, options, thrown),
        _ => null,
    };

    public static BrokerFault Of(ShutdownEventArgs reason, BrokerOptions options, Exception? inner = null) => new(reason.ReplyCode switch
    {
        Constants.NotFound => options.Declare
            ? $"The exchange '{options.Exchange}' was deleted. It is made again; the bindings of its queues are their owners' to make."
            : $"There is no exchange '{options.Exchange}'. Make it (topic, durable), or let us: Reconciler__Broker__Declare=true.",
        Constants.PreconditionFailed =>
            $"The exchange '{options.Exchange}' is there with other properties than topic and durable. Delete it, name another one in "
            + "Reconciler__Broker__Exchange, or take it as it is with Reconciler__Broker__Declare=false.",
        Constants.AccessRefused => $"The broker refuses our user: {reason.ReplyText}. It needs 'write' on the exchange '{options.Exchange}', and 'configure' to declare it.",
        Constants.NotAllowed => $"The broker refuses the virtual host of Reconciler__Broker__Uri: {reason.ReplyText}.",
        _ => $"The connection to {options.Shown} ended: {reason.ReplyText}.",
    }, inner: inner);

    private static BrokerFault Unreachable(Exception cause, BrokerOptions options, Exception thrown)
    {
        // The client wraps what happened, once or more; the innermost says it.
        while (cause is not OperationInterruptedException && (cause as AggregateException)?.InnerExceptions[0] is { } first) cause = first;
        while (cause is not (OperationInterruptedException or AuthenticationFailureException) && cause.InnerException is { } deeper) cause = deeper;
        return cause switch
        {
            OperationInterruptedException { ShutdownReason: { } reason } => Of(reason, options, thrown),
            AuthenticationFailureException =>
                new BrokerFault($"{options.Shown} refuses the login. Check the user, the password and the virtual host in Reconciler__Broker__Uri.", inner: thrown),
            _ => new BrokerFault($"{options.Shown} cannot be reached: {cause.Message}", inner: thrown),
        };
    }
}
